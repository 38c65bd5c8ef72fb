"""The readable account of a demo run, from what the machine said and what we computed ourselves."""

from openvsm_cli import verify
from openvsm_cli.session import explain
from openvsm_cli.terminal import paint, say

WIDTH = 100
ACCESS = {"read": "read", "write": "write", "execute": "execute"}


def heading(text):
    say()
    say(paint(text, "bold"))


def item(name, value, indent=2):
    """Long values wrap under themselves."""
    room = WIDTH - indent - 22
    pieces = [value[i:i + room] for i in range(0, len(value), room)] or [""]
    say(" " * indent + f"{name:<20}  {pieces[0]}")
    for piece in pieces[1:]:
        say(" " * (indent + 22) + piece)


def mark(good):
    return paint("agrees", "green") if good else paint("DIFFERS", "red")


def tell_machine(outcome, spec):
    heading("The machine")
    boot = outcome.one("boot")
    item("where", f"QEMU ({spec.accel}), OVMF, {spec.cpus} processor{'s' if spec.cpus > 1 else ''}, {spec.memory} MiB")
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
        item("sealed by the vault", f"{size} bytes, readable only in VTL1 of this boot (the root key is new each boot)")
        item("blob", blob if len(blob) <= 128 else blob[:124] + " ...")
    for event in outcome.all("load"):
        item("loaded again", f"slot {event.values.get('slot', '?')}")
    for event in outcome.all("refused"):
        item("refused", f"blob {event.values.get('case', '?')}, status {event.values.get('status', '?')}")


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
    attacks = outcome.all("attack")
    if not attacks:
        return
    heading("An attacker in VTL0's ring 0")
    for event in attacks:
        values = event.values
        refused = values.get("outcome") == "gp"
        control = values.get("target") == "control"
        verdict = {"gp": "#GP(0)", "ok": "allowed"}.get(values.get("outcome"), values.get("outcome", "?"))
        good = refused != control
        text = f"{values.get('access', '?'):<8} {values.get('target', '?'):<13} {values.get('via', '?'):<9}"
        say(f"  {text} {paint(verdict, 'green' if good else 'red')}{' (positive control)' if control else ''}")
    after = outcome.one("vault-after")
    if after:
        item("the vault afterwards", "still answers" if after.values.get("outcome") == "ok" else "FAILED")


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
    tell_images(digests)


def tell_failure(outcome, shown_logs, stream):
    for line in explain(outcome):
        say(paint(line, "red", stream), stream)
    say(f"logs: {shown_logs}", stream)
