"""Where a vault lives on the host: a folder with the TPM's state (tpm/) and what VTL0 keeps for it (store/)."""

import dataclasses
import fcntl
import tempfile
from pathlib import Path

from openvsm_cli import emulators
from openvsm_cli.blob_store import BlobStore
from openvsm_cli.errors import OpenVSMError
from openvsm_cli.paths import shown


class VaultPlace:
    """A context manager. folder None: a new place that is gone afterwards. One machine at a time may use it."""

    def __init__(self, folder=None, intervene=None):
        self.temporary = tempfile.TemporaryDirectory(prefix="openvsm-vault-") if folder is None else None
        self.folder = Path(self.temporary.name if self.temporary else folder).resolve()
        self.tpm, self.blobs = self.folder / "tpm", self.folder / "store"
        self.intervene = intervene
        self.lock = self.store = None

    def __enter__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.lock = open(self.folder / ".lock", "w")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.lock.close()
            raise OpenVSMError(f"the vault in {shown(self.folder)} is in use by another command") from None
        self.store = BlobStore(self.blobs, self.intervene)
        return self

    def with_tpm(self, spec):
        """The machine with this place's TPM, where the emulator has any."""
        return dataclasses.replace(spec, tpm=self.tpm) if spec.emulator == emulators.DEFAULT else spec

    def __exit__(self, *_):
        self.lock.close()
        if self.temporary:
            self.temporary.cleanup()
