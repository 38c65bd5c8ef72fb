"""The readable account of a demo run, from what the machine said and what we computed ourselves."""

import re

from openvsm_cli import account_attacks, account_vault, emulators, faults, verify
from openvsm_cli.account_text import WIDTH, heading, item
from openvsm_cli.session import explain
from openvsm_cli.terminal import paint, say

OPEN = ("DMA of devices, interrupt messages among it (no IOMMU yet)", "VTL0 sees the password once, when it is enrolled")
OPEN_WITHOUT_TPM = "no TPM here: root and state of the vault are for this boot only"
PCRS = {11: "hypervisor, kernel", 12: "owner, choices", 13: "trustlets"}    # docs/boot.md


def mark(good):
    return paint("agrees", "green") if good else paint("DIFFERS", "red")


def tell_machine(outcome, spec):
    heading("The machine")
    boot = outcome.one("boot")
    item("where", f"{emulators.named(spec)}, OVMF, {spec.cpus} processor{'s' if spec.cpus > 1 else ''}, {spec.memory} MiB")
    if boot:
        item("processors in VTL0", boot.values.get("processors", "?"))
        item("VTL1", "up" if boot.values.get("vtl1") == "yes" else "not there")
    tell_measurements(outcome, spec)


def tell_measurements(outcome, spec):
    if spec.tpm is None:
        item("TPM", "none")
    for number, value in re.findall(r"TPM PCR (\d+) ([0-9a-f]{64})$", outcome.text.get("vtl1", ""), re.M):
        item(f"PCR {number}", f"{value}  {PCRS.get(int(number), '')}", wrap=False)
    account_vault.tell_opening(outcome)


def tell_challenge(event):
    heading("An NTLMv2 challenge")
    item("server challenge", event.values["server_challenge"])
    try:
        for name, value in verify.describe_client_blob(event.hex("client_blob")).items():
            item(name, value)
    except ValueError as error:
        item("client blob", f"{event.values['client_blob']} ({error})")


def cut(text):
    """The whole of it is in --json."""
    return text if len(text) <= WIDTH else text[:WIDTH - 4] + " ..."


def tell_checks(checks):
    for check in checks:
        say(f"  {check.name:<23}  vault {cut(check.vault)}")
        say(f"  {'':<23}  ours  {cut(check.ours)}  {mark(check.agrees)}")


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


def tell_open(spec):
    heading("Still open (docs/threat-model.md)")
    for line in OPEN + (() if spec.tpm else (OPEN_WITHOUT_TPM,)):
        say(f"  - {line}")


def tell_images(digests):
    heading("SHA-256 of what ran, as on the ESP")
    for name, digest in digests.items():
        say(f"  {digest}  {name}")


def tell(run):
    """run: a DemoRun (cmd_run.py)."""
    outcome = run.outcome
    tell_machine(outcome, run.spec)
    account_vault.tell_credentials(outcome, run.credential)
    account_vault.tell_kept(outcome, run.kept)
    for event in outcome.all("ntlmv2"):
        tell_challenge(event)
    heading("The vault's answers, and the same computed outside the machine (OpenSSL and Python)")
    tell_checks(run.checks)
    account_vault.tell_refusals(outcome)
    account_vault.tell_audit(outcome)
    tell_attacks(outcome)
    for boot in run.later:
        account_vault.tell_later(boot)
        tell_checks(boot.checks)
    tell_exits(outcome)
    tell_open(run.spec)
    tell_images(run.digests)


def tell_failure(outcome, shown_logs, stream):
    for line in explain(outcome):
        say(paint(line, "red", stream), stream)
    say(f"logs: {shown_logs}", stream)
