"""Kerberos' pre-authentication, opened outside the machine: RFC 3961's simplified profile with AES, as RFC 3962 has it."""

import hashlib
import hmac
import re
from datetime import datetime, timezone

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

KEY_SIZES = {17: 16, 18: 32}    # aes128-cts-hmac-sha1-96, aes256-cts-hmac-sha1-96
BLOCK, TAG = 16, 12
USAGE_TIMESTAMP = 1             # RFC 4120, "Key Usage Numbers"
# PA-ENC-TS-ENC of RFC 4120 in DER: SEQUENCE { [0] GeneralizedTime, [1] INTEGER OPTIONAL }
TIMESTAMP = re.compile(rb"\x30.\xa0\x11\x18\x0f(\d{14}Z)(?:\xa1.\x02(.)(.{1,3}))?", re.S)


def n_fold(data, size):
    """RFC 3961, "N-fold": data repeated, each copy rotated 13 bits further, in size-byte pieces added with the carry fed back."""
    width = 8 * len(data)
    value, text = int.from_bytes(data, "big"), b""
    while not text or len(text) % size:
        shift = 13 * (len(text) // len(data)) % width
        text += ((value >> shift | value << (width - shift)) & ((1 << width) - 1)).to_bytes(len(data), "big")
    total = sum(int.from_bytes(text[at:at + size], "big") for at in range(0, len(text), size))
    most = (1 << 8 * size) - 1
    while total > most:
        total = (total & most) + (total >> 8 * size)
    return total.to_bytes(size, "big")


def aes(key, block):
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    return encryptor.update(block) + encryptor.finalize()


def aes_back(key, block):
    decryptor = Cipher(algorithms.AES(key), modes.ECB()).decryptor()
    return decryptor.update(block) + decryptor.finalize()


def derive(key, constant):
    """DK of RFC 3961: blocks of AES, each of the one before."""
    block, out = n_fold(constant, BLOCK), b""
    while len(out) < len(key):
        block = aes(key, block)
        out += block
    return out[:len(key)]


def string_to_key(etype, password, salt, iterations):
    key = hashlib.pbkdf2_hmac("sha1", bytes(password), salt, iterations, KEY_SIZES[etype])
    return derive(key, b"kerberos")


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


def cts_decrypt(key, cipher):
    """CBC with ciphertext stealing, the last two blocks always swapped, an initial vector of zeros (RFC 3962)."""
    if len(cipher) == BLOCK:
        return aes_back(key, cipher)
    whole = (len(cipher) - 1) // BLOCK - 1              # blocks before the last two
    previous, plain = bytes(BLOCK), b""
    for at in range(0, whole * BLOCK, BLOCK):
        plain += xor(aes_back(key, cipher[at:at + BLOCK]), previous)
        previous = cipher[at:at + BLOCK]
    full, short = cipher[whole * BLOCK:][:BLOCK], cipher[(whole + 1) * BLOCK:]
    inner = aes_back(key, full)
    last = xor(inner, short)
    return plain + xor(aes_back(key, short + inner[len(short):]), previous) + last


def decrypt(base, usage, message):
    """-> the plain text behind the confounder, or None when the tag is not right."""
    body, tag = message[:-TAG], message[-TAG:]
    if len(body) < BLOCK:
        return None
    plain = cts_decrypt(derive(base, usage.to_bytes(4, "big") + b"\xaa"), body)
    right = hmac.new(derive(base, usage.to_bytes(4, "big") + b"\x55"), plain, hashlib.sha1).digest()[:TAG]
    return plain[BLOCK:] if hmac.compare_digest(right, tag) else None


def timestamp(base, cipher):
    """-> (seconds since 1970, microseconds) of a PA-ENC-TIMESTAMP; None when it does not open or is no time."""
    plain = decrypt(base, USAGE_TIMESTAMP, cipher)
    found = TIMESTAMP.fullmatch(plain) if plain is not None else None
    if not found or (found[2] and found[2][0] != len(found[3])):
        return None
    time = datetime.strptime(found[1].decode(), "%Y%m%d%H%M%SZ").replace(tzinfo=timezone.utc)
    return int(time.timestamp()), int.from_bytes(found[3] or b"", "big")
