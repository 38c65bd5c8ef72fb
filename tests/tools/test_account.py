"""The demo's page, its checks and its report, from lines as a machine says them."""

import contextlib
import hashlib
import hmac
import io
import json
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from openvsm_cli import account, checks, cmd_run, later_boots, protocol, report, verify
from openvsm_cli.credential import Credential
from openvsm_cli.demo_run import DemoRun
from openvsm_cli.qemu import MachineSpec
from openvsm_cli.session import Outcome
from openvsm_cli.vault_talk import Answer

KEY = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
PASSWORD = "correct horse"
LINES = f"""boot processors=1 vtl1=yes
vault-info root=tpm lasting=yes state=open reason=none generation=0 credentials=0 audit_next=1
enrolled credential=1 type=password label=70617373776f7264
enrolled credential=2 type=ed25519 label=6b6579 public={PUBLIC}
vault-entry id=0 credential=1 type=password label=70617373776f7264 allow=ntlmv2 flags=none uses=0 max_uses=0 rate=0/0 expires=0 \
failures=0 tries=0 state=none public=0
hmac message=6d tag={verify.hmac_sha256(verify.hmac_key("alice", "EXAMPLE", PASSWORD.encode()), b"m").hex()}
sign credential=2 algorithm=ed25519 message=6d public={PUBLIC} signature={KEY.sign(b"m").hex()}
totp credential=3 hash=sha1 digits=6 step=30 counter=1 code=287082
refused case=pin-wrong status=11 name=pin-wrong origin=vault
refused case=removed status=19 name=blob-refused origin=vault
audit-fault case=changed log=changed-entry entry=1
attack id=a target=securekernel access=read outcome=gp
vault-after outcome=ok
done status=0"""


def outcome(lines=LINES, vtl1=f"vtl1: TPM PCR 11 {'ab' * 32}\n"):
    return Outcome("done", 3.0, Path("logs"), [protocol.parse("@openvsm " + line) for line in lines.splitlines()], {"vtl1": vtl1})


def later(name, state):
    """A boot whose vault says that it is in this state."""
    info = {"status": "0", "origin": "vault", "generation": "9", "credentials": "2", "audit_next": "4",
            "state": "open" if state == "open" else "refused", "reason": "none" if state == "open" else state}
    return later_boots.Boot(name, {"same": "open", "old": "old-state"}[name], outcome("done status=0"), [Answer("info", info)])


def run(**changes):
    credential = Credential("alice", "EXAMPLE", PASSWORD, "given by the test")
    said = changes.pop("outcome", outcome())
    return DemoRun(said, MachineSpec(disk=None, tpm=Path("tpm")), credential, {"file": "00" * 32}, checks.of_outcome(said, credential),
                   {"state": 300}, [later("same", "open"), later("old", "old-state")])


def page(found):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        account.tell(found)
    return out.getvalue()


def test_the_page():
    """Machine, credentials, what VTL0 got, answers, refusals in words, attacks, the boots behind."""
    text = page(run())
    for words in (f"PCR 11                {'ab' * 32}", "opens, 0 credentials", "EXAMPLE\\alice", "number  type", PUBLIC, "287082  agrees",
                  "the PIN is wrong", "what VTL0 brings is not what the vault had it keep", "1 attacks", "opens: generation 9",
                  "not the newest one", "state"):
        assert " ".join(words.split()) in " ".join(text.split()), (words, text)
    assert "DIFFERS" not in text and PASSWORD not in text and "no TPM here" not in text


def test_verdicts():
    """Success only if all machines ended well and all answers agree."""
    good = run()
    assert cmd_run.verdict(good)[0] == 0 and "5 answers" in cmd_run.verdict(good)[1], cmd_run.verdict(good)
    assert cmd_run.verdict(run(outcome=outcome(LINES.replace("code=287082", "code=287083"))))[0] == 1
    assert cmd_run.verdict(run(outcome=outcome(LINES.replace("done status=0", "done status=1"))))[0] == 1
    for name, state in (("same", "state-missing"), ("old", "open"), ("old", "other-root")):
        other = run()
        other.later = [later(name, state)]
        assert cmd_run.verdict(other)[0] == 1, (name, state)


def test_the_report():
    """A third party can check the answers; the password is not in it."""
    document = json.loads(json.dumps(report.document(run())))
    assert document["verdict"]["answers_agree"] and [boot["state"] for boot in document["later_boots"]] == ["open", "old-state"]
    assert document["signatures"][0]["public"] == PUBLIC and PASSWORD not in json.dumps(document)
    assert {check["name"] for check in document["checks"]} >= {"HMAC-SHA-256", "one-time password", "signature, ed25519"}


def test_a_changed_answer_differs():
    """One bit of any answer is noticed."""
    for wrong in (LINES.replace(KEY.sign(b"m").hex(), KEY.sign(b"n").hex()), LINES.replace("tag=", "tag=00")):
        found = [check for check in run(outcome=outcome(wrong)).checks if not check.agrees]
        assert len(found) == 1 and "DIFFERS" in page(run(outcome=outcome(wrong))), found


def test_hmac_is_the_documented_one():
    """docs/vault.md's formula, by hashlib alone."""
    salt = b"OpenVSM credvault hmac v1\0ALICE\0EXAMPLE"
    key = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), salt, 4096)
    tag = hmac.new(key, b"OpenVSM credvault challenge v1\0m", "sha256").hexdigest()
    assert tag in LINES
