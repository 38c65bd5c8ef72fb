"""The vault by VTL0's console, in one boot and with VTL0's own store: every verb's answer checked outside, every bad line told apart."""

import hashlib
import hmac
import os

import kdc
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import aes_key_wrap_with_padding
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from openvsm_cli import verify, verify_audit, verify_kerberos, verify_keys
from openvsm_cli.testing import also_on
from openvsm_cli.vault_talk import Request, Talk

PASSWORD = b"correct horse"
SALT = b"EXAMPLEalice"
CHALLENGE_LABEL = b"OpenVSM credvault challenge v1\0"


def talk(bench, requests, options="mode=vault", **more):
    """-> ([Answer], Outcome) of one boot."""
    conversation = Talk(requests)
    outcome = bench.boot(bench.esp(vtl0__options=options), on_event=conversation.on_event, seconds=240, **more)
    return conversation.answers, outcome


def ask(bench, *lines):
    answers, outcome = talk(bench, [Request.of_text(line) for line in lines])
    bench.expect_success(outcome)
    assert len(answers) == len(lines), bench.story(outcome)
    return answers


def good(answers):
    for answer in answers:
        assert answer.succeeded, (answer.verb, answer.values)
    return answers


@also_on("bochs")
def test_a_password_answers(bench):
    """NTLMv2, HMAC, Kerberos: each as we compute it, a KDC's answer of ours is taken, and its session key stays."""
    base = verify_kerberos.string_to_key(18, PASSWORD, SALT, 4096)
    session_key = os.urandom(32)
    answers = good(ask(
        bench, "info", f"add type=password label=mail user=alice domain=EXAMPLE password=hex:{PASSWORD.hex()}", "respond id=1",
        "hmac id=1 message=hello", "preauth id=1 etype=18 time=1700000000 usec=999999",
        f"as-rep id=1 etype=18 cipher=hex:{kdc.as_rep(base, 18, session_key).hex()}", "checksum key=1 usage=6 data=request",
        "authenticator key=1 usage=7 data=hex:" + authenticator().hex(), "audit"))
    info, _, response, tag, preauth, reply, checksum, sealed, log = answers
    assert info.values["state"] == "open" and info.values["credentials"] == "0"
    ours = verify.ntlmv2("alice", "EXAMPLE", PASSWORD, response.hex("server_challenge"), response.hex("client_blob"))
    assert (ours.nt_proof_str, ours.session_base_key) == (response.hex("nt_proof_str"), response.hex("session_base_key"))
    assert tag.hex("tag") == verify.hmac_sha256(verify.hmac_key("alice", "EXAMPLE", PASSWORD), b"hello")
    assert verify_kerberos.timestamp(base, preauth.hex("cipher")) == (1700000000, 999999)
    part, offset = reply.hex("part"), int(reply.values["key_offset"])
    assert part[offset:offset + 32] == bytes(32) and session_key not in part, "the session key left the vault"
    signing = verify_kerberos.derive(session_key, (6).to_bytes(4, "big") + b"\x99")
    assert checksum.hex("checksum") == hmac.new(signing, b"request", hashlib.sha1).digest()[:12]
    assert verify_kerberos.decrypt(session_key, 7, sealed.hex("cipher")) == authenticator()
    assert log.values["log"] == "good" and verify_audit.fault(log.rows, log.values) is None


def authenticator():
    """RFC 4120's Authenticator: version, realm, name, microseconds, time."""
    name = kdc.der(0x30, kdc.context(0, kdc.number(1)) + kdc.context(1, kdc.der(0x30, kdc.text(b"alice"))))
    return kdc.der(0x62, kdc.der(0x30, kdc.context(0, kdc.number(5)) + kdc.context(1, kdc.text(b"EXAMPLE")) + kdc.context(2, name)
                                 + kdc.context(4, kdc.number(1)) + kdc.context(5, kdc.der(0x18, kdc.TIME))))


def test_keys_answer(bench):
    """Symmetric keys and key pairs: codes, tags, signatures and agreement as we compute them; a key we wrapped is opened inside."""
    kek, secret = os.urandom(32), os.urandom(48)
    wrapped = aes_key_wrap_with_padding(kek, secret)
    peer = ec.generate_private_key(ec.SECP256R1())
    point = peer.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    answers = good(ask(
        bench, "add type=symmetric label=hotp allow=hotp key=12345678901234567890", "otp id=1", "otp id=1",
        f"add type=symmetric label=kek allow=wrap,unwrap key=hex:{kek.hex()}",
        f"import type=symmetric label=hex:{b'mail key'.hex()} by=2 allow=hmac,export wrapped=hex:{wrapped.hex()}",
        "hmac id=3 message=hex:00ff",
        "generate type=ed25519 label=e", "sign id=4 message=hello", "generate type=p256 label=p", "sign id=5 message=hello",
        f"agree id=5 peer=hex:{point.hex()} info=session size=40", "generate type=p384 label=q", "sign id=6 message=hello", "list"))
    assert [answer.values["code"] for answer in answers[1:3]] == ["755224", "287082"]     # RFC 4226, appendix D
    assert answers[5].hex("tag") == hmac.new(secret, CHALLENGE_LABEL + b"\0\xff", hashlib.sha256).digest()
    for made, signed in ((6, 7), (8, 9), (11, 12)):
        assert verify_keys.verifies(signed_by(answers, signed), answers[made].hex("public_key"), b"hello", answers[signed].hex("signature"))
    shared = peer.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), answers[8].hex("public_key")))
    assert answers[10].hex("key") == HKDF(hashes.SHA256(), 40, b"OpenVSM credvault agree v1", b"session").derive(shared)
    assert [(row["credential"], row["type"]) for row in answers[-1].rows] == [
        ("1", "symmetric"), ("2", "symmetric"), ("3", "symmetric"), ("4", "ed25519"), ("5", "p256"), ("6", "p384")]
    assert bytes.fromhex(answers[-1].rows[2]["label"]) == b"mail key"


def signed_by(answers, index):
    return answers[index].values["algorithm"]


def test_policies_hold(bench):
    """PIN, budget, tighter policies, removal: each refusal is the vault's own and by its name."""
    expected = (
        ("generate type=symmetric label=k allow=hmac pin=2580 tries=2 uses=3", "success"), ("hmac id=1 message=a", "pin-required"),
        ("unlock id=1 pin=0000", "pin-wrong"), ("unlock id=1 pin=2580", "success"), ("hmac id=1 message=a", "success"),
        ("hmac id=1 message=a", "pin-required"), ("policy id=1 uses=9", "looser"), ("policy id=1 uses=1", "success"),
        ("policy id=1", "success"),
        ("unlock id=1 pin=1111", "pin-wrong"), ("unlock id=1 pin=1111", "pin-wrong"), ("unlock id=1 pin=2580", "pin-locked"),
        ("otp id=1", "not-allowed"), ("sign id=1 message=a", "wrong-type"), ("hmac id=9 message=a", "no-such-credential"),
        ("checksum key=9 usage=6 data=a", "no-such-key"), ("raw command=64", "weak"), ("raw command=999 data=hex:00", "unknown-command"),
        ("raw command=40 data=hex:01", "bad-request"), ("remove id=1", "success"), ("remove id=1", "no-such-credential"),
        ("confirm code=123456", "confirm-wrong"), ("reset confirm=yes", "success"), ("info", "success"),
    )
    answers = ask(bench, *(line for line, _ in expected))
    said = [(line, answer.name) for (line, _), answer in zip(expected, answers)]
    assert said == list(expected), [pair for pair in zip(said, expected) if pair[0] != pair[1]]
    assert {answer.values["origin"] for answer in answers} == {"vault"}
    assert answers[8].values["max_uses"] == "1" and answers[8].values["uses"] == "1"


BAD_LINES = (
    ("fly", "unknown-verb", None), ("info id", "bad-word", None), ("info id=1", "unknown-word", None), ("remove", "missing-word", "id"),
    ("remove id=1 id=2", "repeated-word", None), ("remove id=x", "bad-number", "id"), ("remove id=4294967296", "bad-number", "id"),
    ("hmac id=1 message=hex:0", "bad-hex", None), ("unlock id=1 pin=" + "1" * 33, "bad-size", "pin"),
    ("generate type=des label=a", "bad-value", "type"),
    ("generate type=symmetric label=a", "missing-word", "allow"), ("reset", "missing-word", "confirm"),
    ("reset confirm=no", "bad-value", "confirm"),
    ("generate type=ed25519 label=a allow=sign,sign", "bad-value", "allow"), ("generate type=ed25519 label=a rate=3", "bad-number", "rate"),
    ("raw command=40 data=hex:" + "00" * 4025, "bad-size", "data"), ("hmac id=1 message=" + "a" * 9000, "too-long", None),
)


class Raw(Request):
    """A line as it is."""

    def __init__(self, line):
        super().__init__(line.split()[0])
        self.line = bytearray(line.encode())


def test_lines_that_are_no_requests(bench):
    """Each is answered, by VTL0 and with its reason; nothing of the line is told again; and the next request is answered as ever."""
    lines = [Raw(line) for line, _, _ in BAD_LINES]
    answers, outcome = talk(bench, [*lines, Request("info")])
    bench.expect_success(outcome)
    said = [(answer.values.get("error"), answer.values.get("word"), answer.values["origin"]) for answer in answers[:-1]]
    assert said == [(error, word, "vtl0") for _, error, word in BAD_LINES], list(zip(said, BAD_LINES))
    assert answers[-1].succeeded and answers[-1].values["credentials"] == "0"


def test_a_line_without_its_head(bench):
    """No number, no OVSM-VAULT: refused as such, under number 0."""
    sent = []

    def on_event(machine, event):
        if event.name == "vault" and "ready" in event.words:
            machine.com1.send(b"hello\n")
        elif event.name == "vault":
            sent.append(event.values)
            machine.com1.send(b"OVSM-VAULT 7 end\n")

    outcome = bench.boot(bench.esp(vtl0__options="mode=vault"), on_event=on_event, seconds=120)
    bench.expect_success(outcome)
    assert [(values["id"], values["error"], values["origin"]) for values in sent] == [("0", "no-request", "vtl0")]
