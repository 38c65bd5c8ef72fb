"""Freshness in the TPM as docs/secure-kernel.md says it ("Freshness"), by commands to the TPM itself: written a second time, so that a
test can hold the secure kernel's against it, or put something else into its place."""

import functools
import operator
import struct

from openvsm_cli.testing.tpm_root import EMPTY, OWNER, PASSWORD, SESSIONS, SHA256, WITH_PASSWORD, derived, sized

UNDEFINE, DEFINE, INCREMENT, WRITE, READ = 0x122, 0x12A, 0x134, 0x137, 0x14E
ATTRIBUTES, COUNTER = 0x02040004, 0x10          # TPMA_NV: NO_DA, AUTHREAD, AUTHWRITE; TPM_NT_COUNTER
RECORD_SIZE, COUNTER_SIZE = 72, 8
USE_RECORD, USE_COUNTER, USE_CODE = 1, 2, 3
FIRST, NUMBERS = 0x01800000, 1 << 21


def number(identity, debug=0):
    folded = functools.reduce(operator.xor, struct.unpack("<4I", identity))
    return (folded ^ folded >> 21 ^ bool(debug)) % NUMBERS


class Freshness:
    """Of one identity in one security version under one root, in the TPM that tpm_root.TPM talks to."""

    def __init__(self, tpm, root, identity, version, debug=0):
        self.tpm, self.root, self.owner = tpm, root, identity + struct.pack("<II", debug, version)
        self.record = FIRST + 2 * number(identity, debug)
        self.counter = self.record + 1

    def _key(self, use, record=bytes(40)):
        return derived(self.root, b"openvsm freshness", self.owner + struct.pack("<II", use, 0) + record)

    def _auth(self, handle):
        return self._key(USE_COUNTER if handle == self.counter else USE_RECORD)

    def _run(self, code, handle, body=b""):
        area = struct.pack(">IHB", PASSWORD, 0, 0) + sized(self._auth(handle))
        return self.tpm.run(code, struct.pack(">III", handle, handle, len(area)) + area + body, SESSIONS)

    def close(self, generation, digest):
        """The bytes of a record."""
        record = struct.pack("<Q", generation) + digest
        return record + self._key(USE_CODE, record)

    def read(self, handle):
        size = COUNTER_SIZE if handle == self.counter else RECORD_SIZE
        return self._run(READ, handle, struct.pack(">HH", size, 0))[6:6 + size]

    def write(self, data):
        self._run(WRITE, self.record, sized(data) + bytes(2))

    def increment(self):
        self._run(INCREMENT, self.counter)

    def undefine(self, handle):
        self.tpm.run(UNDEFINE, struct.pack(">II", OWNER, handle) + WITH_PASSWORD, SESSIONS)

    def define(self, handle, auth=None):
        size, kind = (COUNTER_SIZE, COUNTER) if handle == self.counter else (RECORD_SIZE, 0)
        public = struct.pack(">IHI", handle, SHA256, ATTRIBUTES | kind) + EMPTY + struct.pack(">H", size)
        self.tpm.run(DEFINE, struct.pack(">I", OWNER) + WITH_PASSWORD + sized(auth or self._auth(handle)) + sized(public), SESSIONS)
