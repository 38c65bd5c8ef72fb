"""A vault whose machine, software, TPM or store is not what it was: it says which, opens nothing, and can be begun anew."""

import contextlib
import functools
import shutil
import tempfile
import threading

import vault_machine

from openvsm_cli import esp, signing
from openvsm_cli.artefacts import ARTEFACTS
from openvsm_cli.paths import BUILD
from openvsm_cli.testing import each

LOADER, KERNEL, VAULT = (ARTEFACTS[key].esp for key in ("hypervisor", "securekernel", "credvault"))
KEY = BUILD / "keys/owner.key"
KERNEL_NAME = ("--kind", "securekernel", "--name", "securekernel", "--identity", "3d1c7a52-90be-4f0a-8d46-2b7e55a1c9f4",
               "--security-version")
BEGIN = ("generate type=symmetric label=kept allow=hmac size=32", "hmac id=1 message=m")


def resign(owner, image, name, *options, more=b""):
    return image.change(name, lambda file: owner.image(file[signing.HEADERS:] + more, *options))


class BuildOwner(signing.Owner):
    """Signs with the build's key, which the loader obeys."""

    def __init__(self):
        super().__init__()
        self.key = KEY


def other_code(image, _):
    """The secure kernel of another version, signed by the same owner."""
    resign(BuildOwner(), image, KERNEL, *KERNEL_NAME, "2")


def other_owner(image, _):
    """The same programs, owned by somebody else."""
    owner = signing.Owner()
    image.change(LOADER, owner.own)
    resign(owner, image, KERNEL, *KERNEL_NAME, "1")
    resign(owner, image, VAULT)


def other_trustlets(image, _):
    """A vault that is one byte longer."""
    resign(BuildOwner(), image, VAULT, more=b"\0")


def other_root(_, where):
    """The machine's TPM was cleared, or is another."""
    shutil.rmtree(where.tpm)


def state_missing(_, where):
    shutil.rmtree(where.blobs)


def old_state(_, where):
    """The copy that somebody kept."""
    shutil.rmtree(where.blobs)
    (where.folder / "old").rename(where.blobs)


def state_damaged(_, where):
    """One bit of every blob."""
    for path in where.store().blobs():
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)


SPOILERS = (other_code, other_owner, other_trustlets, other_root, state_missing, old_state, state_damaged)
CASES = {spoil.__name__.replace("_", "-"): spoil for spoil in SPOILERS}


class Vault:
    """One credential, used once since somebody copied the store. Made once; each test spoils a copy."""

    def __init__(self):
        self.folder, self.lock = tempfile.TemporaryDirectory(prefix="openvsm-vault-"), threading.Lock()
        self.tag = None

    @contextlib.contextmanager
    def copy(self, bench):
        place = vault_machine.Place(self.folder.name)
        with self.lock:
            if self.tag is None:
                self._begin(bench, place)
        with place.copy() as copied:
            yield copied

    def _begin(self, bench, place):
        vault_machine.good(vault_machine.ask(bench, place, *BEGIN))
        shutil.copytree(place.blobs, place.folder / "old")
        info, tag = vault_machine.good(vault_machine.ask(bench, place, "info", "hmac id=1 message=m"))
        assert (info.values["state"], info.values["root"], info.values["lasting"]) == ("open", "tpm", "yes"), info.values
        self.tag = tag.values["tag"]


shared_vault = functools.cache(Vault)


@each(reason=tuple(CASES))
def test_reasons(bench, reason):
    """Each has its own reason; nothing answers; RESET begins anew."""
    with shared_vault().copy(bench) as where:
        image = esp.standard()
        CASES[reason](image, where)
        info, listed, used, reset, *rest = vault_machine.ask(bench, where, "info", "list", "hmac id=1 message=m", "reset confirm=yes",
                                                             *BEGIN, "info", image=image)
        assert (info.values["state"], info.values["reason"]) == ("refused", reason), info.values
        assert listed.name == used.name == "closed" and not listed.rows, (listed.values, used.values)
        made, tag, again = vault_machine.good([reset, *rest])[1:]
        assert made.values["credential"] == "1" and again.values["state"] == "open", (made.values, again.values)
        assert tag.values["tag"] != shared_vault().tag


def test_what_belongs_together_comes_back(bench):
    """A refusal is no loss: with the store that belongs to it, the vault opens again and answers as before. After RESET it does not,
    and what came since lasts."""
    with shared_vault().copy(bench) as where, where.copy() as good:
        old_state(None, where)
        info, = vault_machine.ask(bench, where, "info")
        assert info.values["reason"] == "old-state", info.values
        shutil.rmtree(where.blobs)
        shutil.copytree(good.blobs, where.blobs)
        again, *_ = vault_machine.good(vault_machine.ask(bench, where, "hmac id=1 message=m", "reset confirm=yes", *BEGIN))
        assert again.values["tag"] == shared_vault().tag
        same, info = vault_machine.good(vault_machine.ask(bench, where, "hmac id=1 message=m", "info"))
        assert same.values["tag"] != shared_vault().tag and info.values["credentials"] == "1", (same.values, info.values)
        shutil.rmtree(where.blobs)
        shutil.copytree(good.blobs, where.blobs)
        info, = vault_machine.ask(bench, where, "info")
        assert info.values["state"] == "refused", info.values
