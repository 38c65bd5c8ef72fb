"""The outside implementation against published vectors."""

from openvsm_cli import verify
from openvsm_cli.md4 import md4


def test_md4_of_rfc_1320():
    """RFC 1320, A.5 "Test suite"."""
    assert md4(b"").hex() == "31d6cfe0d16ae931b73c59d7e0c089c0"
    assert md4(b"message digest").hex() == "d9130a8164549fe818874806e1c7014b"


def test_ntowf_v2_of_ms_nlmp():
    """MS-NLMP 4.2.4.1.1 "NTOWFv2() and LMOWFv2()"."""
    key = verify.ntowf_v2("User", "Domain", bytearray(b"Password"))
    assert key.hex() == "0c868a403bfd7a93a3001ef22ef02e3f"


def test_ntlmv2_of_ms_nlmp():
    """MS-NLMP 4.2.4: the proof and the session base key of the example."""
    temp = bytes.fromhex("01010000000000000000000000000000aaaaaaaaaaaaaaaa00000000"
                         "02000c0044006f006d00610069006e0001000c005300650072007600650072000000000000000000")
    answer = verify.ntlmv2("User", "Domain", bytearray(b"Password"), bytes.fromhex("0123456789abcdef"), temp)
    assert answer.nt_proof_str.hex() == "68cd0ab851e51c96aabc927bebef6a1c"
    assert answer.session_base_key.hex() == "8de40ccadbc14a82f15cb0ad0de95ca3"


def test_client_blob_is_described():
    """The account names what the challenge held."""
    temp = bytes.fromhex("01010000000000000000000000000000aaaaaaaaaaaaaaaa00000000"
                         "02000c0044006f006d00610069006e0001000c005300650072007600650072000000000000000000")
    told = verify.describe_client_blob(temp)
    assert told["NbDomainName"] == "Domain" and told["NbComputerName"] == "Server"
    assert told["client challenge"] == "aa" * 8


def test_hmac_of_docs_vault():
    """The example of docs/vault.md, "The HMAC challenge"."""
    key = verify.hmac_key("alice", "EXAMPLE", bytearray(b"correct horse"))
    assert key.hex() == "6596eb7738c9fd50e68bb70854b69e671eb377e8502e298ed9fa5ed22499261d"
    tag = verify.hmac_sha256(key, b"message")
    assert tag.hex() == "211a56a3c50539e532701656de483f9420e401955e2e46f4d5674405907d7a5f"
