"""One attack, told: what was tried, what the hypervisor and VTL1 saw, what the attacker got."""

import re
import textwrap

from openvsm_cli import faults
from openvsm_cli.attacks import Succeeded, drive
from openvsm_cli.paths import shown
from openvsm_cli.terminal import note, paint, say
from openvsm_cli.testing.bench import Bench

WIDTH = 118
LABEL = 18
MOST = 12               # lines of one log
PARTS = (("attacker", "attacker"), ("does", "tries"), ("must", "must"), ("protection", "protection"), ("control", "control"),
         ("observed", "observed"), ("known-from", "known from"))


def item(label, text):
    lines = textwrap.wrap(text, WIDTH - LABEL) or [""]
    say(f"{paint(label, 'bold')}{' ' * (LABEL - len(label))}{lines[0]}")
    for line in lines[1:]:
        say(" " * LABEL + line)


def tell_plan(attack):
    say(paint(f"{attack.id}: {attack.title}", "bold"))
    item("class", attack.kind)
    for key, label in PARTS:
        item(label, attack.texts[key])
    item("switched off by", ", ".join(attack.mutants) or attack.texts["no-mutant"])


def tell_rows(attack, outcome):
    rows = drive.rows_of(outcome, attack)
    width = max((len(row["id"]) for row in rows), default=0)
    for row in rows:
        kind = "control" if row["control"] == "yes" else "attack"
        good = row["expected"] == "yes"
        text = f"{kind:<8}{row['id']:<{width}}  {row['outcome']:<8} {row['detail']}"
        say("  " + (text if good else paint(text, "red")))


def shortened(lines):
    if len(lines) <= MOST:
        return lines
    return [*lines[:MOST - 1], f"... and {len(lines) - MOST + 1} more such lines"]


def hypervisor_lines(outcome):
    """What it refused: second-level faults, and what it says of itself behind VTL0's start."""
    text = outcome.text.get("hv", "")
    seen = [fault.text for fault in faults.of_log(text)]
    return seen + re.findall(r"^hv: (?:error|crash|reset|refused|warning): .*$", text, re.M)


def vtl1_lines(outcome):
    text = outcome.text.get("vtl1", "")
    return re.findall(r"^.*(?:crash|fault|killed|refused|error).*$", text, re.M)


def tell_seen(attack, outcome):
    tell_rows(attack, outcome)
    for name, lines in (("the hypervisor", hypervisor_lines(outcome)), ("VTL1", vtl1_lines(outcome))):
        say(paint(f"{name} saw", "bold") + ("" if lines else " nothing to speak of"))
        for line in shortened(lines):
            say("  " + line.strip())
    exits = outcome.exits()
    if exits:
        often = sorted(exits.items(), key=lambda pair: -pair[1])[:6]
        say("  exits: " + ", ".join(f"{name} {count}" for name, count in often))
    after = outcome.one("vault-after")
    if after:
        say("  the vault afterwards: " + ("answers as before" if after.values["outcome"] == "ok" else paint("FAILED", "red")))


def attempt(attack, bench, cpus, mutant):
    """-> (what the attacker got or None, a word about it)"""
    drives = drive.driver(attack)
    if hasattr(drives, "control") and not mutant:
        drives.control(bench, cpus)
        say("  the control succeeded")
    try:
        return None, drives.attack(bench, cpus, mutant=mutant)
    except Succeeded as got:
        return str(got), None


def tell(attack, emulator, accel, cpus, mutant=None):
    """-> the exit status: 0 when the wall held, or was seen to be missing where it is switched off."""
    tell_plan(attack)
    bench = Bench(f"attack/{attack.id}", emulator, accel)
    bench.watched = True
    note(f"on {emulator}, {cpus} processor{'s' if cpus > 1 else ''}" + (f", without the protection ({mutant})" if mutant else ""))
    try:
        got, word = attempt(attack, bench, cpus, mutant)
    except AssertionError as error:
        say(paint(f"nothing can be said of it: {error}", "red"))
        return 1
    if bench.last:
        say(paint(bench.back_end, "bold"))
        tell_seen(attack, bench.last)
        note(f"logs: {shown(bench.last.logs)}")
    item("the attacker got", got or f"nothing ({word})")
    if (got is None) == (mutant is not None):
        say(paint("NOT AS IT MUST BE", "red"))
        return 1
    return 0
