"""The attacks of a run as a table that fits on a screen; whatever ended unexpectedly is named."""

from collections import Counter

from openvsm_cli.terminal import paint, say

ACCESSES = ("read", "write", "execute")
OUTCOMES = {"gp": "#GP(0)", "ud": "#UD", "ok": "allowed", "refused": "refused", "skipped": "skipped"}
TARGETS = {"control": "unprotected page", "securekernel": "secure kernel", "vault": "vault, every page",
           "hypervisor": "hypervisor", "hole": "no memory there"}
# An INIT, SIPI or NMI has no fault to end in: the sender goes on and the target stays under the hypervisor.
OUTCOMES_OF_IPI = {**OUTCOMES, "ok": "contained"}
OTHERS = {"walk": "page tables placed there", "hypercall": "hypercalls", "msr": "model-specific registers",
          "instruction": "privileged instructions", "port": "ports (A20)", "frame": "malformed secure calls",
          "ipi": "INIT, SIPI, NMI"}


def outcome(values):
    names = OUTCOMES_OF_IPI if values.get("access") == "ipi" else OUTCOMES
    return names.get(values["outcome"], values["outcome"])


def tally(found):
    """'12 #GP(0)' or, when they differ, '3 #GP(0), 1 allowed'."""
    counts = Counter(outcome(values) for values in found)
    return ", ".join(f"{count} {name}" for name, count in counts.items())


def as_expected(values):
    return values.get("expected", "yes") == "yes"


def cell(found, width):
    text = f"{tally(found):<{width}}"
    if not found:
        return text
    return paint(text, "green" if all(map(as_expected, found)) else "red")


def memory_table(attacks):
    say("  " + f"{'':<26}" + "".join(f"{access:<14}" for access in ACCESSES))
    for target, name in TARGETS.items():
        mine = [values for values in attacks if values.get("target") == target and values.get("access") in ACCESSES]
        if mine:
            cells = "".join(cell([v for v in mine if v["access"] == access], 14) for access in ACCESSES)
            say(f"  {name:<26}{cells}" + ("what the same code does elsewhere" if target == "control" else ""))


def other_rows(attacks):
    for access, name in OTHERS.items():
        mine = [v for v in attacks if v.get("access") == access and v.get("target") != "control"]
        if mine:
            say(f"  {name:<26}{cell(mine, 0)}")


def tell_faults(found):
    """One line an attack: the second-level fault that refused it."""
    for values, fault in found:
        said = fault.text if fault else "no fault"
        if (fault is None) == (values.get("target") == "control"):
            say(f"  {values['id']:<34}  {said}")
        else:
            say(paint(f"  {values['id']:<34}  NOT AS IT MUST BE: {said}", "red"))


def tell(attacks, vault_after):
    controls = sum(values.get("target") == "control" for values in attacks)
    wrong = [values for values in attacks if not as_expected(values)]
    say(paint(f"An attacker in VTL0's ring 0: {len(attacks) - controls} attacks, {controls} positive controls", "bold"))
    memory_table(attacks)
    other_rows(attacks)
    for values in wrong:
        say(paint(f"  NOT AS IT MUST BE: {values.get('id')}: {values.get('outcome')} {values.get('detail', '')}", "red"))
    if not wrong:
        say(f"  {'all of them':<26}ended as they must")
    if vault_after:
        good = vault_after.values.get("outcome") == "ok"
        say(f"  {'the vault afterwards':<26}" + paint("still answers" if good else "FAILED", "green" if good else "red"))
