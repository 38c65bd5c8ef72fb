"""The credential on its way to VTL0: kept in bytes that can be wiped, sent once, never logged."""

import base64
import getpass
import secrets
import sys

from openvsm_cli.errors import UsageError

LIMITS = {"user": 104, "domain": 104, "password": 512}  # abi/credvault.h


class Credential:
    def __init__(self, user, domain, password, origin):
        self.user, self.domain = user, domain
        self.password = bytearray(password.encode())
        self.origin = origin      # for people: where the password came from
        self._check()

    def _check(self):
        for name, size in (("user", len(self.user.encode())), ("domain", len(self.domain.encode())),
                           ("password", len(self.password))):
            if size > LIMITS[name]:
                raise UsageError(f"--{name}: {size} bytes of UTF-8 are too long, at most {LIMITS[name]}")
        if not self.user or not self.user.isascii() or "\0" in self.user:
            # Windows upper-cases names by a table of its own; the vault does not guess it.
            raise UsageError("--user: one or more ASCII characters")

    def provision_line(self):
        """The one line that COM1 carries; the caller wipes it after sending."""
        line = bytearray(b"OVSM-CRED ")
        line += self.user.encode().hex().encode() + b" " + self.domain.encode().hex().encode() + b" "
        for byte in self.password:
            line += b"%02x" % byte
        line += b"\n"
        return line

    def wipe(self):
        wipe(self.password)


def wipe(buffer):
    for index in range(len(buffer)):
        buffer[index] = 0


def obtain(user, domain, password):
    """From the arguments, else a prompt on a terminal, else a random one (and it says so)."""
    domain = "EXAMPLE" if domain is None else domain
    if password is not None:
        return Credential(user or "demo", domain, password, "given on the command line of ./openvsm")
    if user is not None and sys.stdin.isatty():
        return Credential(user, domain, getpass.getpass(f"Password of {domain}\\{user} (for the vault): "), "typed at the prompt")
    random = base64.b32encode(secrets.token_bytes(15)).decode().lower()
    return Credential(user or "demo", domain, random, "none was given: a random one, made for this run and not shown")
