"""The key root's secret as docs/boot.md says it ("The key root"), by commands to a TPM itself: written a second time, so that a test
can hold the loader's against it. Part 3 of the TPM 2.0 Library has the commands."""

import contextlib
import hashlib
import hmac
import struct

NO_SESSIONS, SESSIONS = 0x8001, 0x8002
CLEAR, CHANGE_AUTH, CREATE_PRIMARY, STARTUP, HMAC, FLUSH, START_SESSION, EXTEND, POLICY_PCR, POLICY_DIGEST = (
    0x126, 0x129, 0x131, 0x144, 0x155, 0x165, 0x176, 0x182, 0x17F, 0x189)
OWNER, NULL, PASSWORD, LOCKOUT = 0x40000001, 0x40000007, 0x40000009, 0x4000000A
SHA256, KEYED_HASH, HMAC_SCHEME, NO_ALGORITHM = 0x0B, 0x08, 0x05, 0x10
POLICY = 1                      # TPM_SE_POLICY
ATTRIBUTES = 0x000404B2         # fixedTPM fixedParent sensitiveDataOrigin adminWithPolicy noDA sign
PCRS = (0, 2, 4, 7, 11, 12, 13)
POLICY_FAIL = 0x99D             # TPM_RC_POLICY_FAIL, session 1
NO_ACTION = 3                   # EV_NO_ACTION: in the event log, in no PCR
EMPTY = bytes(2)
WITH_PASSWORD = struct.pack(">IIHBH", 9, PASSWORD, 0, 0, 0)


class Refused(Exception):
    """A response code that is not success."""

    def __init__(self, code):
        super().__init__(f"TPM_RC 0x{code:x}")
        self.code = code


def sized(data):
    return struct.pack(">H", len(data)) + data


def selection(pcrs):
    return struct.pack(">IHB3s", 1, SHA256, 3, sum(1 << pcr for pcr in pcrs).to_bytes(3, "little"))


def policy_of(values):
    """The digest of a policy that asks for these values of PCRS, as a TPM computes it."""
    held = hashlib.sha256(b"".join(values[pcr] for pcr in PCRS)).digest()
    return hashlib.sha256(bytes(32) + struct.pack(">I", POLICY_PCR) + selection(PCRS) + held).digest()


def replayed(digests, pcr):
    value = bytes(32)
    for number, digest in digests:
        if number == pcr:
            value = hashlib.sha256(value + digest).digest()
    return value


class TPM:
    """exchange: sends a command, returns the answer."""

    def __init__(self, exchange):
        self.exchange = exchange

    def run(self, code, body=b"", tag=NO_SESSIONS):
        """-> what is behind the answer's header."""
        answer = self.exchange(struct.pack(">HII", tag, 10 + len(body), code) + body)
        _, size, result = struct.unpack_from(">HII", answer)
        assert size == len(answer), answer.hex()
        if result:
            raise Refused(result)
        return answer[10:]

    def startup(self):
        self.run(STARTUP, struct.pack(">H", 0))

    def extend(self, pcr, digest):
        self.run(EXTEND, struct.pack(">I", pcr) + WITH_PASSWORD + struct.pack(">IH", 1, SHA256) + digest, SESSIONS)

    def clear(self):
        self.run(CLEAR, struct.pack(">I", LOCKOUT) + WITH_PASSWORD, SESSIONS)

    def set_owner_password(self, password):
        self.run(CHANGE_AUTH, struct.pack(">I", OWNER) + WITH_PASSWORD + sized(password), SESSIONS)

    @contextlib.contextmanager
    def _flushed(self, answer):
        """-> the handle an answer begins with; the object is gone afterwards."""
        try:
            yield answer[:4]
        finally:
            self.run(FLUSH, answer[:4])

    def _session(self):
        body = struct.pack(">II", NULL, NULL) + sized(bytes(32)) + EMPTY + struct.pack(">BHH", POLICY, NO_ALGORITHM, SHA256)
        return self._flushed(self.run(START_SESSION, body))

    def _key(self, policy):
        unique = sized(b"OpenVSM root")
        public = struct.pack(">HHI", KEYED_HASH, SHA256, ATTRIBUTES) + sized(policy) + struct.pack(">HH", HMAC_SCHEME, SHA256) + unique
        body = struct.pack(">I", OWNER) + WITH_PASSWORD + sized(EMPTY + EMPTY) + sized(public) + EMPTY + bytes(4)
        return self._flushed(self.run(CREATE_PRIMARY, body, SESSIONS))

    def secret(self, policy=None):
        """By the key whose policy has that digest; None: of the state that the PCRs are in now."""
        with self._session() as session:
            self.run(POLICY_PCR, session + EMPTY + selection(PCRS))
            now = self.run(POLICY_DIGEST, session)[2:]
            with self._key(policy or now) as key:
                authorization = session + sized(bytes(32)) + b"\1" + EMPTY
                body = key + struct.pack(">I", len(authorization)) + authorization + sized(b"OpenVSM root secret v1")
                answer = self.run(HMAC, body + struct.pack(">H", SHA256), SESSIONS)
                assert answer[:6] == struct.pack(">IH", 34, 32), answer.hex()
                return answer[6:38]


def derived(root, label, context):
    return hmac.digest(root, label + bytes(1) + context, "sha512")[:32]


def trustlet_key(secret, identity, version, purpose, debug=0):
    """What DERIVE_KEY gives (docs/vault.md, "Keys and randomness")."""
    root = b"".join(derived(secret, b"openvsm key root", half) for half in (b"\0", b"\1"))
    return derived(root, b"openvsm trustlet key", identity + struct.pack("<III", version, debug, len(purpose)) + purpose.ljust(64, b"\0"))


def events(memory):
    """[(pcr, SHA-256 digest, event)] of the last event log in memory that has any: TCG_PCR_EVENT2 of the Platform Firmware Profile."""
    logs = []
    at = memory.find(b"Spec ID Event03\0")
    while at >= 0:
        logs.append(_events(memory, at))
        at = memory.find(b"Spec ID Event03\0", at + 1)
    return max(logs, key=len)


def _events(memory, at):
    """From the first event's contents on: platform class, versions, algorithms with their sizes, vendor's bytes, then the events."""
    count, = struct.unpack_from("<I", memory, at + 24)
    if not 0 < count <= 8:
        return []
    sizes = dict(struct.unpack_from("<HH", memory, at + 28 + 4 * i) for i in range(count))
    at += 28 + 4 * count
    at += 1 + memory[at]
    found = []
    while True:
        pcr, kind, count = struct.unpack_from("<III", memory, at)
        if pcr > 23 or count != len(sizes):
            return found
        at += 12
        digests = {}
        for _ in range(count):
            algorithm, = struct.unpack_from("<H", memory, at)
            if algorithm not in sizes:
                return found
            digests[algorithm] = memory[at + 2:at + 2 + sizes[algorithm]]
            at += 2 + sizes[algorithm]
        size, = struct.unpack_from("<I", memory, at)
        if kind != NO_ACTION:
            found.append((pcr, digests[SHA256], memory[at + 4:at + 4 + size]))
        at += 4 + size
