"""A vault's machine for tests: boots of one TPM and one store, and what the vault says of itself in them."""

import contextlib
import re
import shutil
import tempfile
from pathlib import Path

from openvsm_cli import verify_audit
from openvsm_cli.blob_store import BlobStore
from openvsm_cli.vault_react import Reactions, code_lines
from openvsm_cli.vault_talk import Request, Talk

OPTIONS = "mode=vault store=com1"


class Place:
    """One machine's TPM state and VTL0's store, in a folder."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.tpm, self.blobs = self.folder / "tpm", self.folder / "store"

    def store(self, intervene=None):
        return BlobStore(self.blobs, intervene)

    @contextlib.contextmanager
    def copy(self):
        """The same machine as it is now, to be spoiled."""
        with tempfile.TemporaryDirectory(prefix="openvsm-vault-") as folder:
            shutil.copytree(self.folder, folder, dirs_exist_ok=True)
            yield Place(folder)


@contextlib.contextmanager
def place():
    with tempfile.TemporaryDirectory(prefix="openvsm-vault-") as folder:
        yield Place(folder)


class Person(Reactions):
    """Reads VTL1's console and types the code plus each of these in turn, then none."""

    def __init__(self, *added):
        super().__init__(True, read=self._type)
        self.machine, self.added = None, list(added)

    def __call__(self, machine, request, answer):
        self.machine = machine
        return super().__call__(machine, request, answer)

    def _type(self, _):
        if not self.added:
            return ""
        code = int(re.search(r"confirm (\d{6}): ", code_lines(self.machine.log_text("vtl1"))[-1])[1])
        return f"{(code + self.added.pop(0)) % 1000000:06}"


def ask(bench, where, *lines, image=None, react=None, expect_end=True, intervene=None, tpm_watch=None):
    """Boots and asks. -> [Answer]; lines: requests as VTL0's console takes them."""
    talk = Talk([Request.of_text(line) for line in lines], react)
    image = (image or bench.esp()).configure(vtl0__options=OPTIONS)
    outcome = bench.boot(image, on_event=talk.on_event, store=where.store(intervene), tpm=where.tpm, tpm_watch=tpm_watch)
    if expect_end:
        bench.expect_success(outcome)
    return talk.answers


def good(answers):
    """All of them succeeded."""
    for answer in answers:
        assert answer.succeeded, (answer.verb, answer.values)
    return answers


def expect_good_log(answer):
    """By VTL0's console and by our own reading of the same entries."""
    assert answer.succeeded and answer.values["log"] == "good", answer.values
    assert verify_audit.fault(answer.rows, answer.values) is None, verify_audit.fault(answer.rows, answer.values)
