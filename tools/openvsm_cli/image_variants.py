"""The machine of mode=images: signed images with something wrong (tests/trustlets/variants), of the build's seed or another."""

import subprocess
import tempfile
from pathlib import Path

from openvsm_cli import artefacts, esp, signing
from openvsm_cli.paths import BUILD

FOLDER = BUILD / "tests/trustlets/variants"
BUILT = FOLDER / "variants.bin"
BASE = BUILD / "tests/trustlets/worker/limited.img"
KEYS = BUILD / "keys"
FLOOR = "7e3a51c6-0d92-48b4-8f27-6bd015e9a34c=2"    # of variants.h
MOST = 1024                                         # by chance, in one boot


def made(seed):
    """What make-variants makes of another seed; as long as the build's."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "variants.bin"
        subprocess.run([FOLDER / "make-variants", KEYS / "owner.key", BASE, out, str(seed)], check=True)
        return out.read_bytes()


def put(kernel, variants):
    """The VTL0 kernel (bytes) with these variants in place of the build's."""
    built = BUILT.read_bytes()
    assert kernel.count(built) == 1 and len(built) == len(variants), "not the VTL0 kernel of this build"
    return kernel.replace(built, variants)


def machine(calls, seed=None, mutants=False):
    """An ESP whose owner has set the floor that one of the variants is below."""
    image = esp.standard(mutants=mutants).configure(vtl0__options=f"mode=images calls={calls}")
    image.change(artefacts.ARTEFACTS["hypervisor"].esp, lambda loader: signing.with_floors(loader, KEYS / "owner.pub", (FLOOR,)))
    if seed is not None:
        image.change(artefacts.ARTEFACTS["vtl0"].esp, lambda kernel: put(kernel, made(seed)))
    return image
