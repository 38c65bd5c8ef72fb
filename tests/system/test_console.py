"""./openvsm run --interactive: a person at the console of VTL0's kernel."""

import os
import selectors
import subprocess
import time

from openvsm_cli.paths import ROOT
from openvsm_cli.testing import Hung, tcg_only

PROMPT = b"vtl0> "


class Terminal:
    """The verb with pipes for a terminal: types when the prompt is there."""

    def __init__(self):
        self.process = subprocess.Popen([str(ROOT / "openvsm"), "run", "--interactive"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.process.stdout, selectors.EVENT_READ)
        self.deadline = time.monotonic() + 120

    def until_prompt(self):
        """What came before it; at the end of the machine, what came last."""
        seen = b""
        while PROMPT not in seen:
            if not self.selector.select(max(0, self.deadline - time.monotonic())):
                raise Hung("no prompt in time")
            data = os.read(self.process.stdout.fileno(), 65536)
            if not data:
                return seen
            seen += data
        return seen

    def ask(self, line):
        os.write(self.process.stdin.fileno(), line.encode() + b"\n")
        return self.until_prompt().decode(errors="replace")

    def close(self):
        self.process.terminate()
        return self.process.wait(30)


@tcg_only
def test_a_person_at_the_console(bench):
    """Commands are answered, the vault too, and power-off ends the verb with success."""
    terminal = Terminal()
    try:
        terminal.until_prompt()
        assert "VTL1" in terminal.ask("info")
        assert "credential: 1" in terminal.ask("vault add type=password label=mail user=alice password=correct")
        assert "nt_proof_str: " in terminal.ask("vault respond id=1")
        assert "the vault refuses: there is no credential of that number (status 3)" in terminal.ask("vault remove id=9")
        assert "VTL0 refuses: the line is no request" in terminal.ask("vault remove")
        assert "unknown command" in terminal.ask("nonsense")
        terminal.ask("poweroff")
        assert terminal.process.wait(60) == 0
    finally:
        terminal.close()


@tcg_only
def test_ctrl_bracket_leaves(bench):
    """Ctrl-] ends the machine from the terminal's side."""
    terminal = Terminal()
    try:
        terminal.until_prompt()
        os.write(terminal.process.stdin.fileno(), b"\x1d")
        assert terminal.process.wait(60) == 0
    finally:
        terminal.close()
