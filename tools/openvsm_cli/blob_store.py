"""The host's half of load option store=com1: what trustlets have VTL0 keep, one file a blob.

VTL0 is an attacker's as far as we know. It names an identity, a name and bytes, and each is checked before anything is done; a blob
is on the disk, all of it or not at all, before VTL0 is told so.
"""

import contextlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

MOST_BYTES = 3904               # of one blob: abi/normal_call.h
MOST_NAME = 64
MOST_BLOBS = 4096               # of the folder
MOST_TOGETHER = 16 << 20        # bytes of them
IDENTITY = re.compile(r"[0-9a-f]{32}")
HEX = re.compile(r"([0-9a-f]{2})*")
VERBS = {"blob-read": {"identity", "name"}, "blob-write": {"identity", "name", "data"}, "blob-delete": {"identity", "name"}}
DONE, REFUSED, NONE = b"OVSM-DONE\n", b"OVSM-REFUSED\n", b"OVSM-BLOB none\n"
BEFORE, KEPT = "before", "kept"


@dataclass(frozen=True)
class Operation:
    verb: str
    identity: str
    name: bytes
    data: bytes = None

    @property
    def place(self):
        """Letters, digits, '_', '.', '-', '~' stand for themselves, every other byte is %XX; nothing leads out of the folder."""
        return Path(self.identity) / (quote(self.name, safe="") + ".blob")


def hex_of(text, most):
    """-> bytes, or None if it is not lower-case hexadecimal of at most so many bytes."""
    return bytes.fromhex(text) if len(text) <= 2 * most and HEX.fullmatch(text) else None


def decode(event):
    """-> Operation, or None for what no kernel of ours would say."""
    values = event.values
    if set(values) != VERBS[event.name] or event.words or not IDENTITY.fullmatch(values["identity"]):
        return None
    name = hex_of(values["name"], MOST_NAME)
    data = hex_of(values["data"], MOST_BYTES) if "data" in values else None
    if not name or name.endswith(b"\0") or ("data" in values and data is None):
        return None
    return Operation(event.name, values["identity"], name, data)


class BlobStore:
    """intervene(machine, operation, phase) is for tests: called BEFORE each operation and, of writes and deletes, when the disk has
    it and VTL0 does not know yet (KEPT). It may return another answer, and may end the machine."""

    def __init__(self, folder, intervene=None):
        self.folder, self.intervene = Path(folder), intervene
        self.folder.mkdir(parents=True, exist_ok=True)
        self.refused = 0

    def serve(self, machine, event):
        """One line of COM1; those that are not about blobs are others'."""
        if event.name not in VERBS:
            return
        answer = self._answer(machine, event)
        if answer is not None:
            with contextlib.suppress(OSError):      # a machine that is gone: its session sees that
                machine.com1.send(answer)

    def _answer(self, machine, event):
        operation = decode(event)
        if operation is None:
            self.refused += 1
            return REFUSED
        other = self._intervention(machine, operation, BEFORE)
        if other is not None or machine.process.poll() is not None:
            return other
        answer = self.carry_out(operation)
        if operation.verb != "blob-read":
            answer = self._intervention(machine, operation, KEPT) or answer
        return answer

    def _intervention(self, machine, operation, phase):
        return self.intervene(machine, operation, phase) if self.intervene else None

    def carry_out(self, operation):
        """-> the line that VTL0 gets."""
        path = self.folder / operation.place
        try:
            if operation.verb == "blob-read":
                return self._read(path)
            done = self._write(path, operation.data) if operation.verb == "blob-write" else self._delete(path)
        except OSError:     # a full disk, a folder that is gone: not now
            done = False
        self.refused += not done
        return DONE if done else REFUSED

    @staticmethod
    def _read(path):
        return b"OVSM-BLOB " + path.read_bytes().hex().encode() + b"\n" if path.is_file() else NONE

    def _write(self, path, data):
        if not self._has_room(path, len(data)):
            return False
        path.parent.mkdir(exist_ok=True)
        new = self.folder / ".new"
        with open(new, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.replace(new, path)
        sync_folder(path.parent)
        sync_folder(self.folder)
        return True

    @staticmethod
    def _delete(path):
        path.unlink(missing_ok=True)
        if path.parent.is_dir():
            sync_folder(path.parent)
            with contextlib.suppress(OSError):      # it holds others: a folder that stays is in nobody's way
                path.parent.rmdir()
        return True

    def _has_room(self, path, size):
        others = [blob.stat().st_size for blob in self.blobs() if blob != path]
        return len(others) < MOST_BLOBS and sum(others) + size <= MOST_TOGETHER

    def blobs(self):
        return sorted(self.folder.glob("*/*.blob"))


def sync_folder(path):
    """A rename is on the disk when its folder is."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
