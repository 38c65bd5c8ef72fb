"""The vault's part of a demo run's account: what it holds, what VTL0 got, what it refused, its log, and its life over power-offs."""

from openvsm_cli import vault_output, vault_words
from openvsm_cli.account_text import heading, item
from openvsm_cli.terminal import paint, say
from openvsm_cli.vault_talk import Answer

CASES = {
    "pin-required": "a one-time password without the PIN", "pin-wrong": "the wrong PIN", "used-up": "a third one-time password of two",
    "ntlmv1": "NTLMv1, whatever is in it", "mschapv2": "MS-CHAPv2", "rsa-raw": "raw RSA",
    "bit-flip": "one bit of its blob changed, in many places", "removed": "a removed credential's blob",
    "swapped": "another credential's blob", "truncated": "a blob without its last byte", "half": "half of a blob", "empty": "an empty blob",
    "extended": "a blob and one byte more", "missing": "no blob at all",
}
ROOTS = {"tpm": "from the TPM: only this measured boot gets it", "boot": "random, made for this boot"}


def tell_opening(outcome):
    info = outcome.one("vault-info")
    if info is None:
        return
    values = info.values
    item("root of its keys", ROOTS.get(values.get("root"), values.get("root", "?")))
    item("freshness", "the TPM's counter: an old state is told from the newest" if values.get("lasting") == "yes" else "for this boot only")
    if values.get("state") == "open":
        item("state", f"opens, {values.get('credentials', '?')} credentials")
    else:
        item("state", f"refused ({vault_words.reason(values.get('reason'))}), and begun anew")


def tell_credentials(outcome, credential):
    heading("The credentials")
    item("account", f"{credential.domain}\\{credential.user}")
    item("password", credential.origin)
    rows = [event.values for event in outcome.all("vault-entry")]
    if rows:
        say()
        vault_output.tell_list(Answer("list", {}, rows))


def tell_kept(outcome, blobs):
    """blobs: {name: bytes} of VTL0's store behind the first boot."""
    heading("What VTL0 got")
    for event in outcome.all("enrolled"):
        label = vault_words.text_of(event.values["label"])
        public = event.values.get("public")
        item(f"{event.values['credential']}, {label}", f"a number and the public key {public}" if public else "a number")
    if blobs:
        item("to keep", f"{len(blobs)} blobs of {sum(blobs.values())} bytes together, on the host's disk: {', '.join(blobs)}")


def tell_refusals(outcome):
    """The vault's own words, and what it said them to."""
    cases = {}
    for event in outcome.all("refused"):
        case = event.values.get("case", "?")
        cases.setdefault(event.values.get("name", "?"), []).append(CASES.get(case, case))
    if cases:
        heading("What the vault refused, and why")
    for name, refused in cases.items():
        say("  " + vault_words.STATUSES.get(name, name))
        item("", "; ".join(refused), width=2)


def tell_audit(outcome):
    log = outcome.one("audit-verified")
    if log is None:
        return
    heading("The audit log")
    item("entries", f"{log.values['entries']}, every use and every counted refusal; chained, the end signed for a fresh challenge")
    for event in outcome.all("audit-fault"):
        said = {"changed-entry": "noticed", "missing-entry": "noticed"}.get(event.values["log"], "NOT NOTICED")
        item(f"entry {event.values['case'].replace('-', ' ')}", f"{said} at entry {event.values['entry']}")


def tell_same(boot):
    heading("The machine is switched off and on: same TPM, same store")
    tell_state(boot)
    listed = boot.answer("list")
    if listed and listed.succeeded:
        vault_output.tell_list(listed)
    tell_scan(boot)


def tell_scan(boot):
    scan, registers = boot.outcome.one("vault-scan"), boot.outcome.one("vault-registers")
    if scan is None or registers is None:
        return
    hits = scan.number("hits")
    said = f"{scan.number('pages')} pages that VTL0 can read, searched for {scan.number('patterns')} keys made of the password: "
    said += f"FOUND {hits} TIMES" if hits else "none there"
    item("memory", said + f"; a copy that VTL0 made on purpose: {'found' if scan.number('controls') else 'NOT FOUND'}")
    changed = sum(registers.number(name) for name in ("general", "vector", "debug"))
    item("registers", f"{registers.number('calls')} secure calls, {changed or 'none'} came back with a register that is not VTL0's own")


def tell_old(boot):
    heading("An attacker kept a copy of the store, and brings it back")
    tell_state(boot)
    listed = boot.answer("list")
    if listed:
        item("list", vault_words.sentence(listed.values))


def tell_state(boot):
    if boot.state == "open":
        info = boot.answer("info").values
        entries = int(info["audit_next"]) - 1
        item("state", f"opens: generation {info['generation']}, {info['credentials']} credentials, {entries} audit entries")
    else:
        item("state", paint(f"refused: {vault_words.reason(boot.state)}", "green" if boot.state == boot.wanted else "red"))


TELL_LATER = {"same": tell_same, "old": tell_old}


def tell_later(boot):
    TELL_LATER[boot.name](boot)
