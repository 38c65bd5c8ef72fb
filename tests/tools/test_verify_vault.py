"""What checks the vault's Kerberos messages, signatures, one-time passwords and audit log: against published vectors and OpenSSL."""

import hashlib
import hmac
import struct

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from openvsm_cli import vault_words, verify, verify_audit, verify_keys, verify_kerberos
from openvsm_cli.testing import each

MESSAGE = b"what is signed"
RFC_6238 = b"12345678901234567890"


def test_n_fold_of_rfc_3961():
    """A.1 "n-fold"."""
    assert verify_kerberos.n_fold(b"012345", 8).hex() == "be072631276b1955"
    assert verify_kerberos.n_fold(b"password", 7).hex() == "78a07b6caf85fa"
    assert verify_kerberos.n_fold(b"kerberos", 16).hex() == "6b65726265726f737b9b5b2b93132b93"


def test_string_to_key_of_rfc_3962():
    """B "Sample Test Vectors"."""
    words = (b"password", b"ATHENA.MIT.EDUraeburn", 1)
    assert verify_kerberos.string_to_key(17, *words).hex() == "42263c6e89f4fc28b8df68ee09799f15"
    assert verify_kerberos.string_to_key(18, *words).hex() == "fe697b52bc0d3ce14432ba036a92e65bbb52280990a2fa27883998d72af30161"


def test_cts_of_rfc_3962():
    """B: the first 17 bytes of the sentence, and 31, 32 of them, under "chicken teriyaki"."""
    key, text = b"chicken teriyaki", b"I would like the General Gau's C"
    for size, cipher in ((17, "c6353568f2bf8cb4d8a580362da7ff7f97"),
                         (31, "fc00783e0efdb2c1d445d4c8eff7ed2297687268d6ecccc0c07b25e25ecfe5"),
                         (32, "39312523a78662d5be7fcbcc98ebf5a897687268d6ecccc0c07b25e25ecfe584")):
        assert verify_kerberos.cts_decrypt(key, bytes.fromhex(cipher)) == text[:size], size


def encrypted(base, plain, usage=1):
    """As RFC 3961's simplified profile encrypts: for a text of whole blocks and a rest, by CBC and the swap."""
    whole = bytes(range(16)) + plain
    key, last = verify_kerberos.derive(base, struct.pack(">I", usage) + b"\xaa"), len(whole) % 16 or 16
    previous, blocks = bytes(16), []
    for at in range(0, len(whole), 16):
        previous = verify_kerberos.aes(key, verify_kerberos.xor(whole[at:at + 16].ljust(16, b"\0"), previous))
        blocks.append(previous)
    body = b"".join(blocks[:-2]) + blocks[-1] + blocks[-2][:last]
    return body + hmac.new(verify_kerberos.derive(base, struct.pack(">I", usage) + b"\x55"), whole, hashlib.sha1).digest()[:12]


def test_a_timestamp_opens():
    """PA-ENC-TS-ENC with and without microseconds; another key, usage or byte does not open."""
    base = verify_kerberos.string_to_key(18, b"pw", b"REALMuser", 10)
    good = b"\x30\x1a\xa0\x11\x18\x0f20261127070000Z\xa1\x05\x02\x03\x01\xe2\x40"
    assert verify_kerberos.timestamp(base, encrypted(base, good)) == (1795762800, 123456)
    assert verify_kerberos.timestamp(base, encrypted(base, good[:21])) == (1795762800, 0)
    other = verify_kerberos.string_to_key(18, b"pw", b"REALMuser", 11)
    assert verify_kerberos.timestamp(other, encrypted(base, good)) is None
    assert verify_kerberos.timestamp(base, encrypted(base, good, usage=2)) is None
    assert verify_kerberos.timestamp(base, encrypted(base, b"no time")) is None
    changed = bytearray(encrypted(base, good))
    changed[3] ^= 1
    assert verify_kerberos.timestamp(base, bytes(changed)) is None and verify_kerberos.timestamp(base, b"short") is None


def test_hotp_and_totp():
    """RFC 4226 D "HOTP Algorithm: Test Values"; RFC 6238 B "Test Vectors" at 59 s."""
    assert [verify.hotp(RFC_6238, count, 6, "sha1") for count in range(3)] == ["755224", "287082", "359152"]
    assert verify.hotp(RFC_6238, 1, 8, "sha1") == "94287082"


def ecdsa(curve, digest):
    key = ec.generate_private_key(curve)
    r, s = utils.decode_dss_signature(key.sign(MESSAGE, ec.ECDSA(digest)))
    size = (curve.key_size + 7) // 8
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint), r.to_bytes(size, "big") + s.to_bytes(size, "big")


def of_rsa(pad):
    key = rsa.generate_private_key(65537, 2048)
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1), key.sign(MESSAGE, pad, hashes.SHA256())


def of_ed25519():
    key = ed25519.Ed25519PrivateKey.generate()
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw), key.sign(MESSAGE)


SIGNED = {"ecdsa-sha256": lambda: ecdsa(ec.SECP256R1(), hashes.SHA256()), "ecdsa-sha384": lambda: ecdsa(ec.SECP384R1(), hashes.SHA384()),
          "ed25519": of_ed25519, "rsa-pkcs1-sha256": lambda: of_rsa(padding.PKCS1v15()),
          "rsa-pss-sha256": lambda: of_rsa(padding.PSS(padding.MGF1(hashes.SHA256()), 32))}


@each(algorithm=tuple(verify_keys.ALGORITHMS))
def test_signatures(algorithm):
    """Right ones verify; another message, signature, key or algorithm does not."""
    public, signature = SIGNED[algorithm]()
    assert verify_keys.verifies(algorithm, public, MESSAGE, signature)
    wrong = bytes([signature[0] ^ 1]) + signature[1:]
    assert not verify_keys.verifies(algorithm, public, MESSAGE + b".", signature)
    assert not verify_keys.verifies(algorithm, public, MESSAGE, wrong) and not verify_keys.verifies(algorithm, public, MESSAGE, b"")
    assert not verify_keys.verifies(algorithm, public[:-1], MESSAGE, signature)
    assert not verify_keys.verifies("none", public, MESSAGE, signature)


def log(count=3):
    """-> rows, answer: of a vault that this test plays."""
    key, head, rows = ed25519.Ed25519PrivateKey.generate(), bytes(32), []
    commands, statuses = vault_words.enum_of("credvault_command"), vault_words.enum_of("credvault_status")
    for number in range(1, count + 1):
        values = {"sequence": str(number), "time": "133", "command": "respond", "credential": "1", "status": "pin-wrong", "session": "7"}
        head = hashlib.sha256(head + verify_audit.entry_bytes(values, commands, statuses)).digest()
        rows.append({**values, "chain": head.hex()})
    challenge, following = bytes(range(32)), count + 1
    signature = key.sign(b"OpenVSM credvault audit v1\0" + challenge + struct.pack("<Q", following) + head)
    return rows, {"next": str(following), "head": head.hex(), "challenge": challenge.hex(), "signature": signature.hex(),
                  "public_key": key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()}


def test_an_audit_log():
    """A whole one is good; an entry changed, left out, cut off at the end, or another challenge is not."""
    rows, answer = log()
    assert verify_audit.fault(rows, answer) is None and verify_audit.fault(*log(0)) is None
    assert verify_audit.fault([rows[0], {**rows[1], "credential": "2"}, rows[2]], answer) == "entry 2 was changed"
    assert verify_audit.fault([rows[0], rows[2]], answer) == "entry 2 is missing"
    assert "next" in verify_audit.fault(rows[:2], answer) and "signed" in verify_audit.fault(rows, {**answer, "challenge": "00" * 32})


def test_the_audits_names_are_commands():
    """Each verb's name that VTL0's console gives a command has a number in abi/credvault.h."""
    assert set(verify_audit.COMMANDS.values()) <= set(vault_words.enum_of("credvault_command"))
