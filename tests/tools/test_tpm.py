"""What is said to the software TPM, and what of its answers is believed."""

import struct

from openvsm_cli import tpm
from openvsm_cli.errors import OpenVSMError
from openvsm_cli.testing import each

DIGEST = bytes(range(32))


def answer(code=0, digest=DIGEST, size=None):
    body = struct.pack(">IIHB3sIH", 7, 1, tpm.SHA256, 3, b"\0\x08\0", 1, len(digest)) + digest
    return struct.pack(">HII", tpm.NO_SESSIONS, 10 + len(body) if size is None else size, code) + body


def test_pcr_read():
    """TPM2_PCR_Read of PCR 11, byte for byte; and the digest of a good answer."""
    assert tpm.pcr_read(11).hex() == "8001000000140000017e00000001000b03000800"
    assert tpm.pcr_value(answer()) == DIGEST


@each(wrong=("code", "size", "short", "none"))
def test_other_answers(wrong):
    """An error, a size that is not the answer's, another digest and nothing at all are no value of a PCR."""
    given = {"code": answer(code=0x101), "size": answer(size=61), "short": answer(digest=bytes(20)), "none": bytes(10)}[wrong]
    try:
        tpm.pcr_value(given)
    except OpenVSMError as error:
        assert given.hex() in str(error)
    else:
        raise AssertionError("it was believed")
