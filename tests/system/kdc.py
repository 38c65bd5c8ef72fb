"""A key distribution centre's answer, made outside the machine: RFC 4120's AS-REP under a password's key, RFC 3962's encryption."""

import hashlib
import hmac
import os

from openvsm_cli.verify_kerberos import BLOCK, TAG, aes, derive, xor
from openvsm_cli.verify_keys import der

USAGE_AS_REP = 3        # RFC 4120, "Key Usage Numbers"
TIME = b"20301231235959Z"


def cts_encrypt(key, plain):
    """CBC with ciphertext stealing, the last two blocks swapped, an initial vector of zeros. plain: more than a block."""
    previous, blocks = bytes(BLOCK), []
    for at in range(0, len(plain), BLOCK):
        previous = aes(key, xor(plain[at:at + BLOCK].ljust(BLOCK, b"\0"), previous))
        blocks.append(previous)
    short = len(plain) - BLOCK * (len(blocks) - 1)
    return b"".join([*blocks[:-2], blocks[-1], blocks[-2][:short]])


def encrypt(base, usage, plain):
    text = os.urandom(BLOCK) + plain
    cipher = cts_encrypt(derive(base, usage.to_bytes(4, "big") + b"\xaa"), text)
    return cipher + hmac.new(derive(base, usage.to_bytes(4, "big") + b"\x55"), text, hashlib.sha1).digest()[:TAG]


def number(value):
    return der(0x02, value.to_bytes(max(1, (value.bit_length() + 8) // 8), "big"))


def text(value):
    return der(0x1B, value)


def context(tag, content):
    return der(0xA0 | tag, content)


def as_rep(base, etype, session_key):
    """The cipher of EncASRepPart with this session key."""
    key = der(0x30, context(0, number(etype)) + context(1, der(0x04, session_key)))
    request = der(0x30, der(0x30, context(0, number(0)) + context(1, der(0x18, TIME))))
    name = der(0x30, context(0, number(2)) + context(1, der(0x30, text(b"krbtgt") + text(b"EXAMPLE"))))
    part = (context(0, key) + context(1, request) + context(2, number(12345)) + context(4, der(0x03, bytes(5)))
            + context(5, der(0x18, TIME)) + context(7, der(0x18, TIME)) + context(9, text(b"EXAMPLE")) + context(10, name))
    return encrypt(base, USAGE_AS_REP, der(0x79, der(0x30, part)))
