"""Attacks that are programs of tests/guest: VTL0 is the attacker's, and VTL1 does what it asks, so that the hypervisor alone is
in the way."""

from openvsm_cli import esp
from openvsm_cli.attacks import Succeeded
from openvsm_cli.testing.bench import Hung

SECONDS = 60
LOST = "error: unexpected exception in the test's VTL1"     # what VTL1 says when something ran it that must not


class Payload:
    """program: of tests/guest; ids: the lines of it that are this attack (a last '*' stands for more letters)."""

    def __init__(self, program, *ids):
        self.program, self.ids = program, ids

    def is_mine(self, name):
        return any(name == one or (one.endswith("*") and name.startswith(one[:-1])) for one in self.ids)

    def attack(self, bench, cpus, mutant=None):
        image = esp.guest_payload(self.program, mutant, vtl0__options=None, log__level=bench.level)
        try:
            outcome = bench.boot(image, cpus=cpus, memory=256, seconds=SECONDS, may_hang=mutant is not None)
        except Hung as reason:
            raise AssertionError(str(reason)) from None
        if LOST in outcome.text["vtl0"] + outcome.text["vtl1"] + outcome.text["hv"]:
            raise Succeeded("something of VTL0's ran VTL1")
        mine = {e.values["id"]: e.values for e in outcome.all("test") if self.is_mine(e.values["id"])}
        wrong = [f"{name}: {values.get('detail', '')}" for name, values in mine.items() if values["outcome"] != "ok"]
        if wrong:
            raise Succeeded("; ".join(wrong[:3]))
        assert mine, f"no line of {self.ids} in {self.program}\n" + bench.story(outcome)
        assert mutant or outcome.verdict == "done", bench.story(outcome)
        return f"{len(mine)} ways, none worked"
