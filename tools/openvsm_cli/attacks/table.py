"""The suite's result: attacks by class, and how many of the protections that were switched off were missed."""

import re

from openvsm_cli.attacks import catalogue
from openvsm_cli.terminal import paint, say

NAME = re.compile(r"(attacks|mutants)/([^/\[]+)")
WIDTHS = (16, 9, 8, 16, 10)


def by_attack(results, suite):
    """{id: [Result]}"""
    found = {}
    for result in results:
        name = NAME.match(result.name)
        if name and name[1] == suite:
            found.setdefault(name[2], []).append(result)
    return found


def held(results):
    return bool(results) and all(result.state == "passed" for result in results)


def row(kind, attacks, ran, missed):
    """ran, missed: {id: [Result]} of the attacks and of the mutants."""
    mine = [attack for attack in attacks if attack.kind == kind]
    hardware = sum(bool(attack.needs_hardware) for attack in mine)
    passed = sum(held(ran.get(attack.id)) for attack in mine)
    off = [result for attack in mine for result in missed.get(attack.id, [])]
    noticed = sum(result.state == "passed" for result in off)
    return kind, len(mine) - hardware, passed, hardware, f"{noticed}/{len(off)}" if off else "-"


def total(rows):
    score = [[int(part) for part in row[4].split("/")] for row in rows if row[4] != "-"]
    return ("together", *(sum(row[column] for row in rows) for column in (1, 2, 3)),
            f"{sum(s[0] for s in score)}/{sum(s[1] for s in score)}" if score else "-")


def line(values):
    first, *rest = values
    return f"{first:<{WIDTHS[0]}}" + "".join(f"{value!s:>{width}}" for value, width in zip(rest, WIDTHS[1:]))


def tell(results):
    """Prints the table when all of the suite, or all of its mutants, ran."""
    ran, missed = by_attack(results, "attacks"), by_attack(results, "mutants")
    attacks = catalogue.load()
    rows = [row(kind, attacks, ran, missed) for kind in catalogue.CLASSES]
    rows = [values for values in rows if values[1] + values[3]]
    say(paint(line(("class", "attacks", "passed", "needs hardware", "mutants")), "bold"))
    for values in rows:
        say(line(values))
    say(line(total(rows)))
