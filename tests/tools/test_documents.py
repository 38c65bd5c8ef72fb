"""What the documents say about the command is what the command does."""

import argparse
import re
import shlex
from pathlib import Path

from openvsm_cli.__main__ import VERBS, module_of, parser_for
from openvsm_cli.paths import ROOT
from openvsm_cli.qemu import MachineSpec, base_arguments
from openvsm_cli.testing import each

DOCUMENTS = ("README.md", "docs/development.md", "docs/emulators.md", "docs/trustlets.md", "docs/vault-command.md")


def commands(text):
    """Every './openvsm ...' in a code block or between backquotes."""
    blocks = re.findall(r"```sh\n(.*?)```", text, re.S)
    spans = re.findall(r"`(\./openvsm [^`]*)`", text)
    lines = [line for block in blocks for line in block.splitlines()] + spans
    return [line for line in lines if line.startswith("./openvsm ")]


def parse(line):
    verb, *rest = shlex.split(line)[1:]
    assert verb in VERBS, f"no such verb: {line}"
    parser = parser_for(verb, module_of(verb))

    def refuse(message):
        raise AssertionError(f"{line}: {message}")
    parser.error = refuse
    return parser.parse_args(rest)


@each(document=DOCUMENTS)
def test_commands_parse(document):
    """Each command that a document shows is one the command line accepts."""
    text = (ROOT / document).read_text()
    for line in commands(text):
        if "[" not in line and "COMMAND" not in line:
            assert isinstance(parse(line), argparse.Namespace)
    if document == "README.md":
        verbs = [shlex.split(line)[1] for line in commands(text)]
        assert verbs[:2] == ["run", "test"], "the README's two commands are run and test"


def test_machine_line():
    """docs/emulators.md shows the very options the runner uses."""
    shown = (ROOT / "docs/emulators.md").read_text()
    assert " ".join(base_arguments(MachineSpec(disk=Path("x")))) in shown


def test_links_lead_somewhere():
    """Relative links of all documents name files of the tree."""
    wrong = []
    for document in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text()):
            if "://" not in target and not (document.parent / target).exists():
                wrong.append(f"{document.name}: {target}")
    assert not wrong, wrong
