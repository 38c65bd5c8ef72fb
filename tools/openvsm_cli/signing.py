"""openvsm-sign and openvsm-validate of the build, for tests and verbs that sign as another owner."""

import subprocess
import tempfile
from pathlib import Path

from openvsm_cli.paths import BUILD

HEADERS = 512       # bytes of signature block and header in front of the ELF file: abi/image.h
SIGN, VALIDATE = BUILD / "tools/openvsm-sign", BUILD / "tools/openvsm-validate"


def sign(*arguments):
    return subprocess.run([SIGN, *arguments], check=True, capture_output=True, text=True).stdout


def with_floors(loader, public, floors):
    """BOOTX64.EFI (bytes) that obeys that key; floors: ("UUID=N", ...)."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "loader"
        result.write_bytes(loader)
        sign("set-owner", *(word for floor in floors for word in ("--floor", floor)), result, public)
        return result.read_bytes()


class Owner:
    """A key pair in a folder of its own, gone with the object."""

    def __init__(self, algorithm="ed25519"):
        self.folder = tempfile.TemporaryDirectory()
        self.key, self.public = (Path(self.folder.name) / name for name in ("owner.key", "owner.pub"))
        sign("keygen", "--algorithm", algorithm, self.key, self.public)

    def _edit(self, data, make):
        source, result = (Path(self.folder.name) / name for name in ("in", "out"))
        source.write_bytes(data)
        make(source, result)
        return result.read_bytes()

    def image(self, payload, *options):
        """payload (an ELF file's bytes), signed; options as openvsm-sign sign takes them, none for a trustlet."""
        return self._edit(payload, lambda source, result: sign("sign", "--key", self.key, *options, source, result))

    def own(self, loader, floors=()):
        """BOOTX64.EFI (bytes) that obeys this owner, at these floors."""
        return with_floors(loader, self.public, floors)
