"""The host's store of blobs, before a guest that says anything."""

import tempfile
from pathlib import Path

from openvsm_cli import blob_store, protocol
from openvsm_cli.blob_store import BEFORE, DONE, KEPT, NONE, REFUSED, BlobStore
from openvsm_cli.testing import each

VAULT, OTHER = "f6a2c1e47d3b4c589a0e5b1d8c2e7f90", "0" * 32


class Machine:
    """COM1 that remembers what it was sent, and a process that a test may end."""

    def __init__(self):
        self.com1 = self.process = self
        self.sent, self.ended = [], False

    def send(self, data):
        if self.ended:
            raise BrokenPipeError
        self.sent.append(data)

    def poll(self):
        return 0 if self.ended else None


def line(verb, name, identity=VAULT, data=None):
    words = f"identity={identity} name={name}" + ("" if data is None else f" data={data}")
    return protocol.parse(f"@openvsm blob-{verb} {words}")


def ask(store, *arguments, machine=None, **words):
    machine = machine or Machine()
    store.serve(machine, line(*arguments, **words))
    return machine.sent[-1] if machine.sent else None


def hexed(name):
    return name.encode().hex()


def test_a_blob_comes_back():
    """Written, read, overwritten, read by a new store of the same folder, deleted; each trustlet has its own names."""
    with tempfile.TemporaryDirectory() as folder:
        store = BlobStore(folder)
        assert ask(store, "read", hexed("state")) == NONE
        assert ask(store, "write", hexed("state"), data="00ff") == DONE and ask(store, "write", hexed("state"), data="01") == DONE
        assert ask(BlobStore(folder), "read", hexed("state")) == b"OVSM-BLOB 01\n"
        assert ask(store, "read", hexed("state"), identity=OTHER) == NONE
        assert [path.name for path in store.blobs()] == ["state.blob"]
        assert ask(store, "delete", hexed("state")) == DONE == ask(store, "delete", hexed("state"))
        assert ask(store, "read", hexed("state")) == NONE and not store.blobs()


def test_no_folder_outlives_its_blobs():
    """VTL0 may name as many identities as it likes: what it deletes leaves no folder, what it keeps does."""
    with tempfile.TemporaryDirectory() as folder:
        store = BlobStore(folder)
        for number in range(20):
            identity = f"{number:032x}"
            assert ask(store, "write", hexed("a"), identity=identity, data="01") == DONE
            assert ask(store, "write", hexed("b"), identity=identity, data="02") == DONE
            assert ask(store, "delete", hexed("a"), identity=identity) == DONE
            assert ask(store, "read", hexed("b"), identity=identity) == b"OVSM-BLOB 02\n"
            assert ask(store, "delete", hexed("b"), identity=identity) == DONE
        assert not list(Path(folder).iterdir())


def test_an_empty_blob_is_not_none():
    with tempfile.TemporaryDirectory() as folder:
        store = BlobStore(folder)
        assert ask(store, "write", hexed("e"), data="") == DONE and ask(store, "read", hexed("e")) == b"OVSM-BLOB \n"


@each(name=("../../escape", "/etc/passwd", "..", ".", "a\0b", "\xff\xfe", ".lock", "%2e%2e", "a" * 64))
def test_names_stay_in_the_folder(name):
    """Whatever a name holds, its file is in its trustlet's folder, and different names are different files."""
    raw = name.encode("latin-1")
    with tempfile.TemporaryDirectory() as outer:
        folder = Path(outer) / "store"
        store = BlobStore(folder)
        assert ask(store, "write", raw.hex(), data="aa") == DONE and ask(store, "write", hexed("x"), data="bb") == DONE
        assert ask(store, "read", raw.hex()) == b"OVSM-BLOB aa\n"
        assert all(path.parent == folder / VAULT for path in store.blobs()) and len(store.blobs()) == 2
        assert [path.name for path in Path(outer).iterdir()] == ["store"]


@each(bad=("identity=.. name=61", f"identity={VAULT} name=", f"identity={VAULT} name=6", f"identity={VAULT} name=6G", f"identity={VAULT}",
           f"identity={VAULT.upper()} name=61", f"identity={VAULT} name={'61' * 65}", f"identity={VAULT} name=61 data=00", "name=61",
           f"identity={VAULT} name=6100", f"identity={VAULT} name=61 more"))
def test_bad_lines_are_refused(bad):
    """Another form, size or letter: refused, and nothing is in the folder."""
    with tempfile.TemporaryDirectory() as folder:
        store, machine = BlobStore(folder), Machine()
        store.serve(machine, protocol.parse("@openvsm blob-read " + bad))
        assert machine.sent == [REFUSED] and store.refused == 1 and not list(Path(folder).iterdir())


def test_limits():
    """A blob's size, the number of blobs and their bytes together; what is there stays, and can be overwritten."""
    with tempfile.TemporaryDirectory() as folder:
        store = BlobStore(folder)
        assert ask(store, "write", hexed("big"), data="00" * (blob_store.MOST_BYTES + 1)) == REFUSED
        assert ask(store, "write", hexed("big"), data="00" * blob_store.MOST_BYTES) == DONE
        most = blob_store.MOST_BLOBS
        try:
            blob_store.MOST_BLOBS = 2
            assert ask(store, "write", hexed("b"), data="00") == DONE and ask(store, "write", hexed("c"), data="00") == REFUSED
            assert ask(store, "write", hexed("b"), data="01") == DONE and len(store.blobs()) == 2
        finally:
            blob_store.MOST_BLOBS = most


def test_no_disk_is_a_refusal():
    """What cannot be written is refused, and what was there before is still there."""
    with tempfile.TemporaryDirectory() as folder:
        store = BlobStore(folder)
        assert ask(store, "write", hexed("a"), data="01") == DONE
        (Path(folder) / ".new").mkdir()
        assert ask(store, "write", hexed("a"), data="02") == REFUSED and ask(store, "read", hexed("a")) == b"OVSM-BLOB 01\n"


def test_a_machine_that_ends_between():
    """Ended before: the disk is as it was. Ended when the disk has it: it is there, and no answer went out."""
    for at, wanted in ((BEFORE, NONE), (KEPT, b"OVSM-BLOB 05\n")):
        with tempfile.TemporaryDirectory() as folder:
            machine, seen = Machine(), []

            def end(_, operation, phase, at=at, machine=machine, seen=seen):
                seen.append((operation.verb, operation.name, phase))
                machine.ended = phase == at
            assert ask(BlobStore(folder, end), "write", hexed("a"), data="05", machine=machine) is None
            assert seen[-1] == ("blob-write", b"a", at) and ask(BlobStore(folder), "read", hexed("a")) == wanted


def test_a_store_that_lies():
    """A test hands out other bytes, or refuses."""
    with tempfile.TemporaryDirectory() as folder:
        store = BlobStore(folder, lambda _, operation, phase: REFUSED if operation.verb == "blob-write" else b"OVSM-BLOB 77\n")
        assert ask(store, "write", hexed("a"), data="05") == REFUSED and not store.blobs()
        assert ask(store, "read", hexed("a")) == b"OVSM-BLOB 77\n"
