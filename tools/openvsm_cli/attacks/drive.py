"""Runs one attack and says how it ended: by its attack.py, or by what VTL0's kernel says of its rows."""

import importlib.util
import sys

from openvsm_cli.attacks import Succeeded, boots, catalogue

MUTANT_SECONDS = 60     # a machine that does not survive may hang all of it


class Rows:
    """The attack of a folder without attack.py: the rows of attack.c."""

    def __init__(self, attack):
        self.folder = attack

    def attack(self, bench, cpus, mutant=None):
        if mutant or self.folder.alone or bench.watched:
            outcome = boots.of_one(bench, self.folder.id, cpus, mutant, MUTANT_SECONDS if mutant else boots.ALONE_SECONDS, bench.level)
        else:
            outcome = boots.of_all(bench, cpus)
        return judge(bench, self.folder, outcome, mutant)


def rows_of(outcome, folder):
    return [event.values for event in outcome.all("attack") if event.values.get("folder") == folder.id]


def judge(bench, folder, outcome, mutant=None):
    """-> a line that says what was refused. Raises Succeeded, or AssertionError where nothing can be said of the attack."""
    assert outcome.one("boot"), "VTL0 never ran, so nothing was attacked\n" + bench.story(outcome)
    rows = rows_of(outcome, folder)
    attacks = [row for row in rows if row["control"] == "no"]
    check_succeeded(attacks)
    if mutant:
        check_survived(outcome, folder)
        return f"{len(attacks)} ways, none worked"
    assert attacks, f"no row of {folder.id} ran\n" + bench.story(outcome)
    check_meant_something(rows)
    assert outcome.verdict == "done", "the machine did not come to its end\n" + bench.story(outcome)
    after = outcome.one("vault-after")
    assert after and after.values == {"outcome": "ok"}, "the vault does not answer as before\n" + bench.story(outcome)
    return f"{len(attacks)} ways, none worked"


def check_succeeded(attacks):
    worked = [f"{row['id']}: {row['outcome']} ({row['detail']})" for row in attacks if row["expected"] != "yes"]
    if worked:
        raise Succeeded("; ".join(worked[:3]) + (f" and {len(worked) - 3} more" if len(worked) > 3 else ""))


def check_survived(outcome, folder):
    """With a protection off, a machine that an attack takes down is an attack that worked: but only if it began."""
    begun = [event.values["id"] for event in outcome.all("attempt") if event.values["control"] == "no"]
    ended = {row["id"] for row in rows_of(outcome, folder)}
    if begun and begun[-1] not in ended:
        raise Succeeded(f"{begun[-1]}: the machine did not survive it ({outcome.verdict})")


def check_meant_something(rows):
    """A refusal counts only where the same code succeeds against what nothing protects, and where it ran at all."""
    failed = [f"{row['id']}: {row['outcome']} ({row['detail']})" for row in rows if row["control"] == "yes" and row["expected"] != "yes"]
    assert not failed, f"the positive control failed: {failed}"
    skipped = [f"{row['id']}: {row['detail']}" for row in rows if row["outcome"] == "skipped"]
    assert not skipped, f"these did not run, so this emulator or number of processors does not belong into attack.toml: {skipped}"


def driver(attack):
    """-> what has attack(bench, cpus, mutant) and perhaps control(bench, cpus)"""
    if attack.driver is None:
        return Rows(attack)
    name = f"openvsm_attacks.{attack.id.replace('-', '_')}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, attack.driver)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


def refused(attack, bench, cpus):
    """The control succeeds and the attack does not. -> a line about it"""
    unfinished = catalogue.unfinished(attack)
    assert not unfinished, f"tests/attacks/{attack.id}/attack.toml still has a TODO in: {', '.join(unfinished)}"
    drives = driver(attack)
    if hasattr(drives, "control"):
        drives.control(bench, cpus)
    try:
        return drives.attack(bench, cpus)
    except Succeeded as got:
        raise AssertionError(f"the attack succeeded: {got}") from None


def noticed(attack, bench, cpus, mutant):
    """With the protection off the attack succeeds. -> what the attacker got"""
    try:
        driver(attack).attack(bench, cpus, mutant=mutant)
    except Succeeded as got:
        return str(got)
    raise AssertionError(f"the attack was refused although its protection is switched off ({mutant})")
