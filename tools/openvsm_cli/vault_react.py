"""What follows an answer by itself: the code of VTL1's console is asked for, and a closed vault says why."""

import re

from openvsm_cli.terminal import note, paint
from openvsm_cli.vault_talk import Request

CODE = re.compile(r"^(?:vtl1: )?credvault: confirm \d{6}: .*$", re.M)     # the name in front is the secure kernel's word


def code_lines(text):
    """The lines of VTL1's console that show a code to confirm."""
    return CODE.findall(text)


class Reactions:
    """react of a Talk. ask: there is a person at a terminal."""

    def __init__(self, ask, read=input):
        self.ask, self.read = ask, read
        self.told_why = False
        self.seen = 0

    def __call__(self, machine, request, answer):
        if answer.name == "closed" and not self.told_why:
            self.told_why = True
            return [Request("info")]
        if answer.name == "confirm-required":
            return self._confirm(machine, request)
        return []

    def _confirm(self, machine, request):
        """On a real machine VTL1's console is a wire of its own, and VTL0 does not see it; here it is a log of ours."""
        lines = code_lines(machine.log_text("vtl1"))[self.seen:]
        self.seen += len(lines)
        for line in lines:
            note(paint("VTL1's console (COM2, a wire of its own on a real machine): ", "cyan") + line)
        if not self.ask or not lines:
            return []
        code = self.read("The code, if this is what you asked for (empty: no): ").strip()
        return [Request("confirm", ("code", code)), request] if code.isdigit() else []
