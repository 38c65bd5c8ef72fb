"""docs/vault-command.md's walk, run as it stands there, and the command's answers checked outside the machine."""

import json
import os
import re
import shlex
import subprocess
import tempfile

import vault_machine

from cryptography.hazmat.primitives.keywrap import aes_key_wrap_with_padding

from openvsm_cli import verify, verify_audit, verify_keys
from openvsm_cli.paths import ROOT
from openvsm_cli.testing import tcg_only

SECRET = b"12345678901234567890"


def walk():
    """The commands of the page's first part, in order."""
    text = (ROOT / "docs/vault-command.md").read_text()
    part = text[text.index("## A walk"):text.index("## Confirmation")]
    return [shlex.split(line) for block in re.findall(r"```sh\n(.*?)```", part, re.S) for line in block.splitlines()]


def run(words, state):
    done = subprocess.run([*words, "--json", "--state", state], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.stdout, done.stderr[-2000:]
    return done.returncode, json.loads(done.stdout)


def expect_right_answers(answers):
    proof = verify.ntlmv2("alice", "EXAMPLE", bytearray(b"correct-horse"), bytes.fromhex("0123456789abcdef"),
                          bytes.fromhex(answers["respond"]["client_blob"]))
    assert answers["respond"]["nt_proof_str"] == proof.nt_proof_str.hex()
    public = bytes.fromhex(answers["generate"]["public_key"])
    assert verify_keys.verifies("ecdsa-sha256", public, b"hello", bytes.fromhex(answers["sign"]["signature"]))
    assert answers["otp"]["code"] == verify.hotp(SECRET, int(answers["otp"]["counter"]), 6, "sha1")
    assert answers["policy"]["max_uses"] == "5" and answers["policy"]["uses"] == "1", answers["policy"]
    assert verify_audit.fault(answers["audit"]["rows"], answers["audit"]) is None
    assert answers["info"]["root"] == "tpm" and answers["info"]["credentials"] == "3", answers["info"]


@tcg_only
def test_the_walk(bench):
    """Every command succeeds, each in a boot of its own, and the answers are right; what is refused is refused in words."""
    answers = {}
    with tempfile.TemporaryDirectory() as state:
        for words in walk():
            status, found = run(words, state)
            assert status == 0 and all(answer["succeeded"] for answer in found), found
            answers.update({answer["verb"]: answer for answer in found})
        expect_right_answers(answers)
        status, found = run(["./openvsm", "vault", "unlock", "id=3", "pin=0852", "then", "policy", "id=2", "uses=6"], state)
    page = (ROOT / "docs/vault-command.md").read_text()
    assert status == 1 and all(f"{answer['verb']}: {answer['sentence']}\n" in page for answer in found), found


def test_confirmation(bench):
    """The code of VTL1's console carries the request through, once; a wrong code and no code do not. VTL0's console never has it.
    An export needs one whatever the policy says."""
    kek, secret = os.urandom(32), os.urandom(48)
    wrapped = aes_key_wrap_with_padding(kek, secret)
    with vault_machine.place() as where:
        person = vault_machine.Person(0, 1)
        answers = vault_machine.ask(bench, where, f"add type=symmetric label=kek allow=wrap,unwrap key=hex:{kek.hex()}",
                                    f"import type=symmetric label=k by=1 allow=hmac,export wrapped=hex:{wrapped.hex()} confirm=yes",
                                    "wrap id=1 target=2", "hmac id=2 message=n", react=person)
        assert [(answer.verb, answer.name) for answer in answers] == [
            ("add", "success"), ("import", "success"), ("wrap", "confirm-required"), ("confirm", "success"), ("wrap", "success"),
            ("hmac", "confirm-required"), ("confirm", "confirm-wrong"), ("hmac", "confirm-required")], answers
        assert answers[4].hex("wrapped") == wrapped
        said, codes = person.machine.log_text("vtl0"), re.findall(r"confirm (\d{6}): ", person.machine.log_text("vtl1"))
        assert len(codes) == 3 and not any(re.search(rf"\b{code}\b", said) for code in codes), codes
