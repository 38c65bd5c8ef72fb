"""The vault's answers, computed again outside the machine from the credential.

NTLMv2 as in MS-NLMP 3.3.2 "NTLM v2 Authentication"; the HMAC key as in docs/vault.md.
"""

import hashlib
import hmac
import struct
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from openvsm_cli.credential import wipe
from openvsm_cli.md4 import md4

AV_NAMES = {1: "NbComputerName", 2: "NbDomainName", 3: "DnsComputerName", 4: "DnsDomainName", 5: "DnsTreeName", 6: "Flags",
            7: "Timestamp", 8: "SingleHost", 9: "TargetName", 10: "ChannelBindings"}

HMAC_ITERATIONS = 4096
HMAC_CONTEXT = b"OpenVSM credvault challenge v1\0"


def hmac_md5(key, data):
    return hmac.new(key, data, hashlib.md5).digest()


def ntowf_v2(user, domain, password):
    """HMAC_MD5(MD4(UNICODE(Passwd)), UNICODE(ConcatenationOf(Uppercase(User), UserDom)))"""
    unicode_password = bytearray(password.decode().encode("utf-16-le"))
    try:
        nt_hash = md4(unicode_password)
    finally:
        wipe(unicode_password)
    return hmac_md5(nt_hash, (user.upper() + domain).encode("utf-16-le"))


@dataclass(frozen=True)
class NTLMv2Answer:
    nt_proof_str: bytes
    session_base_key: bytes


def ntlmv2(user, domain, password, server_challenge, client_blob):
    key = ntowf_v2(user, domain, password)
    proof = hmac_md5(key, server_challenge + client_blob)
    return NTLMv2Answer(proof, hmac_md5(key, proof))


def hmac_sha256(key, message):
    return hmac.new(key, HMAC_CONTEXT + message, hashlib.sha256).digest()


def describe_client_blob(blob):
    """The fields of NTLMv2_CLIENT_CHALLENGE (MS-NLMP 2.2.2.7), for people; raises ValueError if it is not one."""
    if len(blob) < 32 or blob[0] != 1 or blob[1] != 1:
        raise ValueError("not an NTLMv2_CLIENT_CHALLENGE")
    ticks, challenge = struct.unpack_from("<Q8s", blob, 8)
    time = datetime(1601, 1, 1, tzinfo=timezone.utc) + timedelta(microseconds=ticks // 10)
    return {"time": time.strftime("%Y-%m-%d %H:%M:%S UTC"), "client challenge": challenge.hex(), **dict(av_pairs(blob[28:]))}


def av_pairs(data):
    while len(data) >= 4:
        kind, size = struct.unpack_from("<HH", data)
        if kind == 0:
            return
        value, data = data[4:4 + size], data[4 + size:]
        name = AV_NAMES.get(kind, f"AvId {kind}")
        yield name, value.hex() if kind in (6, 7, 8, 10) else value.decode("utf-16-le", "replace")
    raise ValueError("AV_PAIR list without MsvAvEOL")


def hmac_key(user, domain, password):
    """The vault's own derivation (docs/vault.md), which stretches the password so that a tag is a poor oracle for guessing."""
    salt = b"OpenVSM credvault hmac v1\0" + user.upper().encode() + b"\0" + domain.encode()
    return hashlib.pbkdf2_hmac("sha256", password, salt, HMAC_ITERATIONS)


def hotp(secret, counter, digits, hash_name):
    """RFC 4226, "Generating an HOTP Value", with any of RFC 6238's hashes."""
    tag = hmac.new(secret, struct.pack(">Q", counter), hash_name).digest()
    word, = struct.unpack_from(">I", tag, tag[-1] & 15)
    return f"{(word & 0x7FFFFFFF) % 10 ** digits:0{digits}}"
