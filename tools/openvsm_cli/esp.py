"""Which files an ESP holds: the normal set, with changes for a run or a test."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from openvsm_cli import artefacts, diskimage, espconfig
from openvsm_cli.paths import BUILD


@dataclass
class ESP:
    """files: {path on the ESP: bytes, or the path of a file}."""

    files: dict = field(default_factory=dict)
    settings: dict = field(default_factory=dict)

    def read(self, name):
        data = self.files[name]
        return data if isinstance(data, bytes) else Path(data).read_bytes()

    def configure(self, text=None, **changes):
        """Changes add up over calls; a text replaces all of the file."""
        self.settings.update(changes)
        self.files[espconfig.ESP_PATH] = (espconfig.render(**self.settings) if text is None else text).encode()
        return self

    def change(self, name, edit):
        """Replace a file by edit(bytes): how tests make corrupted images."""
        self.files[name] = edit(self.read(name))
        return self

    def remove(self, name):
        del self.files[name]
        return self

    def write_disk(self, path):
        return diskimage.make(path, self.files)

    def write_tree(self, folder):
        for name in self.files:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(self.read(name))

    def digests(self):
        return {name: hashlib.sha256(self.read(name)).hexdigest() for name in sorted(self.files)}


def standard(keys=("hypervisor", "securekernel", "credvault", "vtl0"), mutants=False):
    """The ESP of the normal machine (or of the mutants image), configured by the defaults."""
    found = artefacts.require(keys, mutants)
    return ESP({artefacts.ARTEFACTS[key].esp: path for key, path in found.items()}).configure()


def without_vtl1():
    """The hypervisor and VTL0's kernel, no secure kernel."""
    return standard(("hypervisor", "vtl0")).configure(vtl1__securekernel="none", vtl1__trustlet=None)


def guest_payload(name, mutant=None, **changes):
    """A payload of tests/guest in place of VTL0's kernel, and the one obedient VTL1 (tests/guest/README.md)."""
    image = standard(("hypervisor", "securekernel", "vtl0"), mutants=mutant is not None)
    image.files[artefacts.ARTEFACTS["securekernel"].esp] = BUILD / "tests/guest/guest-vtl1.img"
    image.files[artefacts.ARTEFACTS["vtl0"].esp] = BUILD / f"tests/guest/guest-{name}.efi"
    text = espconfig.render(**{"vtl1__trustlet": None, "vtl0__options": None, **changes})
    return image.configure(text=text + (f"mutant = {mutant}\n" if mutant else ""))
