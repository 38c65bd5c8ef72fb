"""Signatures of the vault's keys, verified with the public keys alone, by python3-cryptography (OpenSSL)."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import load_der_public_key

RSA_ENCRYPTION = bytes.fromhex("300d06092a864886f70d0101010500")     # AlgorithmIdentifier of RFC 8017's rsaEncryption


def der(tag, content):
    size = len(content)
    length = bytes([size]) if size < 128 else (b"\x82" + size.to_bytes(2, "big") if size > 255 else b"\x81" + bytes([size]))
    return bytes([tag]) + length + content


def rsa_key(public):
    """RSAPublicKey in DER -> a key: SubjectPublicKeyInfo is what libraries read."""
    key = load_der_public_key(der(0x30, RSA_ENCRYPTION + der(0x03, b"\0" + public)))
    if not isinstance(key, rsa.RSAPublicKey):
        raise ValueError("no RSA key")
    return key


def ecdsa(curve, digest):
    def verify(public, message, signature):
        half = len(signature) // 2
        r, s = int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
        key = ec.EllipticCurvePublicKey.from_encoded_point(curve, public)
        key.verify(utils.encode_dss_signature(r, s), message, ec.ECDSA(digest))
    return verify


def rsa_with(pad):
    return lambda public, message, signature: rsa_key(public).verify(signature, message, pad, hashes.SHA256())


def of_ed25519(public, message, signature):
    ed25519.Ed25519PublicKey.from_public_bytes(public).verify(signature, message)


ALGORITHMS = {
    "ecdsa-sha256": ecdsa(ec.SECP256R1(), hashes.SHA256()),
    "ecdsa-sha384": ecdsa(ec.SECP384R1(), hashes.SHA384()),
    "ed25519": of_ed25519,
    "rsa-pss-sha256": rsa_with(padding.PSS(padding.MGF1(hashes.SHA256()), 32)),
    "rsa-pkcs1-sha256": rsa_with(padding.PKCS1v15()),
}


def verifies(algorithm, public, message, signature):
    """False for a wrong signature, and for a key or algorithm that is none."""
    try:
        ALGORITHMS[algorithm](public, message, signature)
    except (InvalidSignature, ValueError, KeyError):
        return False
    return True
