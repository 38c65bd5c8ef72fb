"""The vault's audit log, checked outside the machine: every entry's place in the chain, and the signed end (docs/vault.md)."""

import hashlib
import struct

from openvsm_cli import verify_keys, vault_words

MARK = b"OpenVSM credvault audit v1\0"
# What VTL0's console calls a command, where that is not its name in abi/credvault.h.
COMMANDS = {"public": "public-key", "policy": "restrict", "respond": "ntlmv2", "preauth": "kerberos-preauth", "as-rep": "kerberos-as-rep",
            "tgs-rep": "kerberos-tgs-rep", "authenticator": "kerberos-authenticator", "checksum": "kerberos-checksum",
            "hmac": "hmac-sha256"}


def entry_bytes(values, commands, statuses):
    """The 32 bytes of struct credvault_audit_entry in front of its chain, from a vault-audit line's words."""
    command = commands[COMMANDS.get(values["command"], values["command"])]
    return struct.pack("<QQIIII", int(values["sequence"]), int(values["time"]), command, int(values["credential"]),
                       statuses[values["status"]], int(values["session"]))


def chain(rows):
    """-> (head, None), or (None, what is wrong)."""
    commands, statuses = vault_words.enum_of("credvault_command"), vault_words.enum_of("credvault_status")
    head = bytes(32)
    for number, values in enumerate(rows, 1):
        if int(values["sequence"]) != number:
            return None, f"entry {number} is missing"
        head = hashlib.sha256(head + entry_bytes(values, commands, statuses)).digest()
        if head.hex() != values["chain"]:
            return None, f"entry {number} was changed"
    return head, None


def head_is_signed(public, challenge, following, head, signature):
    return verify_keys.verifies("ed25519", public, MARK + challenge + struct.pack("<Q", following) + head, signature)


def fault(rows, values):
    """None for a good log; else a sentence's end. values: of the audit answer."""
    head, wrong = chain(rows)
    if wrong:
        return wrong
    if int(values["next"]) != len(rows) + 1:
        return f"it has {len(rows)} entries, and the vault's next is {values['next']}"
    if head.hex() != values["head"]:
        return "it does not end in the vault's head"
    good = head_is_signed(bytes.fromhex(values["public_key"]), bytes.fromhex(values["challenge"]), int(values["next"]), head,
                          bytes.fromhex(values["signature"]))
    return None if good else "its head is not signed by the vault's audit key"
