"""Reads tests/attacks/<id>/attack.toml. docs/attacks.md says what each key is."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from openvsm_cli import emulators
from openvsm_cli.errors import OpenVSMError
from openvsm_cli.paths import TESTS

FOLDER = TESTS / "attacks"
CLASSES = ("memory", "state", "registers", "virtualization", "interrupts", "calls", "trustlets", "vault", "boot", "residual",
           "availability")
ATTACKERS = ("VTL0 ring 0", "VTL0 ring 3", "trustlet", "boot media", "device")
REQUIRED = ("title", "class", "attacker", "does", "must", "known-from", "observed", "control", "protection", "mutants")
TEXTS = REQUIRED[:-1] + ("no-mutant", "needs-hardware")
OPTIONAL = ("no-mutant", "needs-hardware", "ci", "processors", "emulators", "mutants-on", "alone", "rounds", "found")


@dataclass(frozen=True)
class Attack:
    id: str
    folder: Path
    texts: dict                             # what is written for people, by key
    mutants: tuple                          # each takes the protection away
    ci: bool = False                        # its first mutant stands for its class in CI
    processors: tuple = (2,)                # on QEMU
    emulators: tuple = ("qemu", "bochs")
    mutants_on: tuple = ("qemu",)
    alone: bool = False                     # has a boot of its own
    rounds: int = 0
    found: bool = False                     # a hole that OpenVSM had
    problems: tuple = field(default=(), compare=False)

    @property
    def title(self):
        return self.texts["title"]

    @property
    def kind(self):
        return self.texts["class"]

    @property
    def needs_hardware(self):
        return self.texts.get("needs-hardware")

    @property
    def driver(self):
        """attack.py, or None where VTL0's kernel alone does it."""
        path = self.folder / "attack.py"
        return path if path.is_file() else None


def problems_of(values):
    """-> what is wrong with the keys, as words"""
    found = [f"'{key}' is missing" for key in REQUIRED if key not in values]
    found += [f"'{key}' is no key" for key in values if key not in REQUIRED + OPTIONAL]
    found += [f"'{key}' is not a text" for key in TEXTS if key in values and not str(values[key]).strip()]
    found += [f"class '{values['class']}' is none of {', '.join(CLASSES)}"] if values.get("class", CLASSES[0]) not in CLASSES else []
    if values.get("attacker", ATTACKERS[0]) not in ATTACKERS:
        found.append(f"attacker '{values['attacker']}' is none of {', '.join(ATTACKERS)}")
    unknown = set(values.get("emulators", [])) | set(values.get("mutants-on", [])) - {emulators.DEFAULT}
    found += [f"'{name}' is no emulator" for name in unknown - set(emulators.NAMES)]
    if bool(values.get("mutants")) == ("no-mutant" in values):
        found.append("there is either a mutant or a reason in 'no-mutant' why there is none")
    return found


def read(folder):
    path = folder / "attack.toml"
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise OpenVSMError(f"{path}: {error}") from None
    return Attack(
        id=folder.name, folder=folder, texts={key: " ".join(str(values[key]).split()) for key in TEXTS if key in values},
        mutants=tuple(values.get("mutants", ())), ci=values.get("ci", False), processors=tuple(values.get("processors", (2,))),
        emulators=tuple(values.get("emulators", ("qemu", "bochs"))), mutants_on=tuple(values.get("mutants-on", ("qemu",))),
        alone=values.get("alone", False), rounds=values.get("rounds", 0), found=values.get("found", False),
        problems=tuple(problems_of(values)))


def load():
    """-> [Attack], by class and then by id. A mistake in a description is an error of its own."""
    found = [read(path.parent) for path in sorted(FOLDER.glob("*/attack.toml"))]
    wrong = [f"tests/attacks/{attack.id}/attack.toml: {'; '.join(attack.problems)}" for attack in found if attack.problems]
    if wrong:
        raise OpenVSMError("\n".join(wrong))
    return sorted(found, key=lambda attack: (CLASSES.index(attack.kind), attack.id))


def by_id(name):
    for attack in load():
        if attack.id == name:
            return attack
    raise OpenVSMError(f"no attack is called '{name}': ./openvsm attack lists them")


def unfinished(attack):
    """-> the keys whose text still says what to write there"""
    return [key for key, text in attack.texts.items() if "TODO" in text]
