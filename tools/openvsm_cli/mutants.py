"""The images in which one protection is switched off (tests/mutants/): which there are, and which image each is in."""

import functools
import re
from dataclasses import dataclass

from openvsm_cli import artefacts
from openvsm_cli.errors import MissingError, UsageError
from openvsm_cli.paths import BUILD, ROOT, shown

ROW = re.compile(r'^\s+M\((?:\d+, )?\w+, "([a-z0-9-]+)"\)', re.M)


@dataclass(frozen=True)
class Mutants:
    """One list. Those of a key of openvsm.conf are all in one image; each of the others has an image of its own."""

    artefact: str           # of artefacts.ARTEFACTS: what it is a variant of
    path: str               # the list, an X-macro
    by_key: bool = False

    @property
    def names(self):
        return ROW.findall((ROOT / self.path).read_text(encoding="utf-8"))


LISTS = (
    Mutants("hypervisor", "hv/include/hv/mutants.h", by_key=True),
    Mutants("hypervisor", "hv/boot/boot_mutants.h", by_key=True),
    Mutants("securekernel", "vtl1-securekernel/include/sk/mutants.h"),
    Mutants("credvault", "trustlets/credvault/vault_mutants.h"),
)


@functools.cache
def known():
    """-> {name: its list}"""
    return {name: mutants for mutants in LISTS for name in mutants.names}


def list_of(name):
    if name not in known():
        raise UsageError(f"no mutant is called '{name}'; there are {', '.join(sorted(known()))}")
    return known()[name]


def image_of(name):
    """-> the file that is the mutant: of the secure kernel and the vault there is one for each."""
    artefact = artefacts.ARTEFACTS[list_of(name).artefact]
    if known()[name].by_key:
        artefact = artefacts.MUTANTS
        path = BUILD / artefact.built
    else:
        built = BUILD / artefact.built
        path = built.with_name(f"{built.stem}-{name}{built.suffix}")
    if not path.is_file():
        raise MissingError(f"the build does not make the mutant '{name}' yet, expected at {shown(path)}")
    return path


def switch_off(image, name):
    """The ESP with that one protection off: the mutant in place of the normal file, and the key where it is chosen by one."""
    mutants = list_of(name)
    image.files[artefacts.ARTEFACTS[mutants.artefact].esp] = image_of(name)
    return image.configure(mutant=name) if mutants.by_key else image
