"""mode=vault-scan of VTL0's kernel: a conversation with the vault, and then a search of all memory that VTL0 can read for secrets.

They go over COM1 with every byte masked, so that the searcher has no copy of them to find.
"""

from openvsm_cli.credential import wipe
from openvsm_cli.vault_talk import Talk

MASK = 0x5C             # vtl0/pattern_search.h


class ScanTalk(Talk):
    """secrets: of 8 to 64 bytes each. VTL0 plants a copy of the first one, which it has to find."""

    def __init__(self, requests, secrets, react=None):
        super().__init__(requests, react)
        self.secrets = [bytearray(byte ^ MASK for byte in secret) for secret in secrets]

    def on_event(self, machine, event):
        if event.name == "scan" and "ready" in event.words:
            self._send(machine.com1)
        else:
            super().on_event(machine, event)

    def _send(self, com1):
        for secret in self.secrets:
            com1.send(b"OVSM-SCAN " + secret.hex().encode() + b"\n")
        com1.send(b"OVSM-SCAN end\n")

    def wipe(self):
        super().wipe()
        for secret in self.secrets:
            wipe(secret)
