"""The vault's answers in sentences; their names are those of abi/credvault.h in lower case, with dashes."""

import re
from datetime import datetime, timedelta, timezone

from openvsm_cli.paths import ROOT

HEADER = ROOT / "abi/include/abi/credvault.h"
ORIGINS = {"vault": "the vault refuses", "secure-kernel": "the secure kernel refuses", "vtl0": "VTL0 refuses"}
STATUSES = {
    "success": "it is done",
    "unknown-command": "it has no such command",
    "bad-request": "the request is not formed as it must be",
    "no-such-credential": "there is no credential of that number",
    "no-such-key": "this session has no session key of that number",
    "wrong-type": "a credential of this type cannot do that",
    "not-allowed": "the credential's policy does not allow that",
    "expired": "the credential has expired",
    "used-up": "the credential has been used as often as it may be",
    "too-often": "the credential has been used too often in a short time",
    "pin-required": "each use of this credential needs its PIN first (unlock)",
    "pin-wrong": "the PIN is wrong, and there is one try less",
    "pin-locked": "this credential is locked",
    "confirm-required": "the code on VTL1's console has to be confirmed first",
    "confirm-wrong": "that is not the code, or nothing waits for one",
    "weak": "it never does that, because the method is weak",
    "refused": "what it was given is not good for this key",
    "full": "it has no room for another one",
    "storage-failed": "VTL0 does not keep, or does not bring, what the vault needs kept",
    "blob-refused": "what VTL0 brings is not what the vault had it keep",
    "closed": "it could not open its state",
    "freshness-failed": "the TPM failed, and nothing was answered",
    "looser": "a policy can only become tighter",
    "internal": "it has an error of its own",
}
REASONS = {
    "none": "nothing is wrong",
    "old-state": "VTL0 brings a state of this vault, but not the newest one",
    "state-missing": "VTL0 brings no state, and there was one",
    "state-damaged": "what VTL0 brings is no state of this vault",
    "other-code": "the state was sealed under another hypervisor or secure kernel",
    "other-owner": "the state was sealed under another owner, or another configuration of VTL1",
    "other-trustlets": "the state was sealed with another image of the vault",
    "other-version": "the state was sealed by a vault of another security version",
    "other-root": "the state was sealed under another root: another machine, other firmware, a cleared TPM or none",
    "record-foreign": "the TPM's record is not of this root",
    "record-rolled-back": "the TPM's record and its counter contradict each other",
    "record-lost": "VTL0 brings a state of this root, and the TPM remembers none",
    "record-failed": "the TPM does not answer",
}
RECOVERY = ("Bring back what belongs together (state folder and TPM, or the software it was made with), or begin anew with "
            "'./openvsm vault reset confirm=yes': every credential is gone then. docs/vault-command.md has the cases.")
EPOCH = datetime(1601, 1, 1, tzinfo=timezone.utc)


def enum_of(name):
    """{name in lower case with dashes: number} of an enum of the header."""
    body = re.search(rf"enum {name} \{{(.*?)\}}", HEADER.read_text(), re.S)[1]
    found = re.findall(r"CREDVAULT_(\w+) = (\d+),", body)
    return {word.lower().replace("_", "-"): int(number) for word, number in found}


def sentence(values):
    """What an answer's line says, for people."""
    if succeeded(values):
        return "done"
    words = STATUSES.get(values.get("name")) if values.get("origin") == "vault" else None
    said = words or values.get("name", "no reason given").replace("-", " ")
    if "error" in values:
        said += ": " + values["error"].replace("-", " ") + (f" ({values['word']})" if "word" in values else "")
    return f"{ORIGINS.get(values.get('origin'), 'somebody refuses')}: {said} (status {values.get('status', '?')})"


def succeeded(values):
    return values.get("status") == "0" and values.get("origin", "vault") == "vault"


def reason(name):
    return REASONS.get(name, f"for a reason of another version ({name})")


def time_of(filetime):
    """100 ns since 1601-01-01 UTC, for people."""
    if filetime == 0:
        return "never"
    try:
        return (EPOCH + timedelta(microseconds=filetime // 10)).strftime("%Y-%m-%d %H:%M:%S UTC")
    except OverflowError:
        return "after the year 9999"


def text_of(hexadecimal):
    """A label: VTL0 could have made it of anything, so control characters stay out of the terminal."""
    text = bytes.fromhex(hexadecimal).decode("utf-8", "replace")
    return "".join(c if c.isprintable() else "?" for c in text)
