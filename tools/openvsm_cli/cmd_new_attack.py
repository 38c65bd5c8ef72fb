"""./openvsm new-attack"""

import re
from pathlib import Path

from openvsm_cli import templates
from openvsm_cli.attacks import catalogue
from openvsm_cli.errors import UsageError
from openvsm_cli.paths import shown
from openvsm_cli.terminal import say

HELP = "write the folder of a new attack: its description, and code that already runs"
TEMPLATES = Path(__file__).parent / "new_attack"
NAME = re.compile(r"[a-z][a-z0-9-]{2,38}")
ENDING = """
What to do next:
  ./openvsm attack {name}                  runs it as it is and tells the story
  {folder}/attack.toml    say what it is; every TODO must go before a test runs it
  {folder}/attack.c       what VTL0's ring 0 does
  ./openvsm test attacks/{name}            the attack as CI runs it
  ./openvsm test --mutants mutants/{name}  with its protection switched off
docs/attacks.md goes on from here."""


def add_arguments(parser):
    parser.add_argument("name", metavar="NAME", help="lower-case words joined by '-', 3 to 39 characters")
    parser.add_argument("--class", dest="kind", choices=catalogue.CLASSES, default="memory", help="default: memory")


def run(options):
    name = options.name
    if not NAME.fullmatch(name):
        raise UsageError(f"'{name}': an attack's name is a lower-case letter and 2 to 38 more, digits and -")
    folder = catalogue.FOLDER / name
    if folder.exists():
        raise UsageError(f"{shown(folder)} is there already")
    for path in templates.write(TEMPLATES, folder, {"NAME": name, "CLASS": options.kind}):
        say(f"wrote {shown(path)}")
    say(ENDING.format(name=name, folder=shown(folder)))
    return 0
