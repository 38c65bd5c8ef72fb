"""The readable account of a demo run, from what the machine said and what we computed ourselves."""

import textwrap

from openvsm_cli import account_attacks, emulators, faults, verify
from openvsm_cli.session import explain
from openvsm_cli.terminal import paint, say

WIDTH = 100
OPEN = (
    "INIT or SMI sent by a device's MSI", "DMA of devices (no IOMMU yet)",
    "keys outlive no power-off: the root key is random for each boot", "VTL0 sees the password once, when it is enrolled")


def heading(text):
    say()
    say(paint(text, "bold"))


def item(name, value, indent=2):
    """Long values wrap under themselves."""
    pieces = textwrap.wrap(value, WIDTH - indent - 22) or [""]
    say(" " * indent + f"{name:<20}  {pieces[0]}")
    for piece in pieces[1:]:
        say(" " * (indent + 22) + piece)


def mark(good):
    return paint("agrees", "green") if good else paint("DIFFERS", "red")


def tell_machine(outcome, spec):
    heading("The machine")
    boot = outcome.one("boot")
    item("where", f"{emulators.named(spec)}, OVMF, {spec.cpus} processor{'s' if spec.cpus > 1 else ''}, {spec.memory} MiB")
    if boot:
        item("processors in VTL0", boot.values.get("processors", "?"))
        item("VTL1", "up" if boot.values.get("vtl1") == "yes" else "not there")


def tell_credential(outcome, credential):
    heading("The credential")
    item("account", f"{credential.domain}\\{credential.user}")
    item("password", credential.origin)
    for event in outcome.all("store"):
        blob = event.values.get("blob", "")
        size = event.values.get("size", "?")
        item("sealed by the vault", f"{size} bytes that only VTL1 of this boot can read")
        item("blob", blob if len(blob) <= 128 else blob[:124] + " ...")
    for event in outcome.all("load"):
        item("loaded again", f"slot {event.values.get('slot', '?')}")
    tell_refused(outcome.all("refused"))


def tell_refused(events):
    """Damaged blobs, together where the vault answered the same."""
    for status in dict.fromkeys(event.values.get("status", "?") for event in events):
        cases = [event.values.get("case", "?") for event in events if event.values.get("status", "?") == status]
        item("refused blobs", ", ".join(cases) + f": each with status {status}")


def tell_challenge(event):
    heading("An NTLMv2 challenge")
    item("server challenge", event.values["server_challenge"])
    try:
        for name, value in verify.describe_client_blob(event.hex("client_blob")).items():
            item(name, value)
    except ValueError as error:
        item("client blob", f"{event.values['client_blob']} ({error})")


def tell_checks(checks):
    heading("The vault's answers, and the same computed outside the machine (OpenSSL and Python)")
    for check in checks:
        say(f"  {check.name:<20}  vault {check.vault}")
        say(f"  {'':<20}  ours  {check.ours}  {mark(check.agrees)}")


def tell_attacks(outcome):
    attacks = [event.values for event in outcome.all("attack")]
    if attacks:
        say()
        account_attacks.tell(attacks, outcome.one("vault-after"))


def tell_faults(outcome):
    heading("The faults that refused them, from the hypervisor's log")
    account_attacks.tell_faults(faults.by_attack(outcome))


def tell_exits(outcome):
    exits = outcome.exits()
    if exits:
        heading("Exits to the hypervisor, by reason")
        line = ""
        for name, count in sorted(exits.items(), key=lambda pair: -pair[1]):
            word = f"  {name} {count}"
            if len(line) + len(word) > WIDTH:
                say(line)
                line = ""
            line += word
        say(line)


def tell_open():
    heading("Still open (docs/threat-model.md)")
    for line in OPEN:
        say(f"  - {line}")


def tell_images(digests):
    heading("SHA-256 of what ran, as on the ESP")
    for name, digest in digests.items():
        say(f"  {digest}  {name}")


def tell(outcome, spec, credential, checks, digests):
    tell_machine(outcome, spec)
    tell_credential(outcome, credential)
    for event in outcome.all("ntlmv2"):
        tell_challenge(event)
    tell_checks(checks)
    tell_attacks(outcome)
    tell_exits(outcome)
    tell_open()
    tell_images(digests)


def tell_failure(outcome, shown_logs, stream):
    for line in explain(outcome):
        say(paint(line, "red", stream), stream)
    say(f"logs: {shown_logs}", stream)
