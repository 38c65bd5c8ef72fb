"""Attacks that end the machine or begin it anew: RAM survives that, what VTL1 had in it must not."""

from openvsm_cli.attacks import Succeeded, boots
from openvsm_cli.session import regions

PAGE = 4096
SECONDS = 60


class Memory:
    """VTL1's region from outside: while VTL1 runs, and as the stopped machine still holds it."""

    def __init__(self):
        self.before = self.after = None

    @staticmethod
    def pages_in_use(machine):
        base, size = regions(machine.log_text("hv"))["vtl1"]
        data = machine.read_memory(base, size)
        return sum(any(data[at:at + PAGE]) for at in range(0, len(data), PAGE))

    def on_event(self, machine, event):
        if event.name == "boot":
            self.before = self.pages_in_use(machine)

    def at_end(self, machine):
        self.after = self.pages_in_use(machine)


class Ends:
    """The attack of a folder whose rows each end a machine of their own."""

    def __init__(self, *rows):
        self.rows = rows

    def attack(self, bench, cpus, mutant=None):
        return "; ".join(self.one(bench, row, cpus, mutant) for row in self.rows)

    @staticmethod
    def one(bench, row, cpus, mutant):
        memory = Memory()
        outcome = boots.of_one(bench, row, cpus, mutant, SECONDS, on_event=memory.on_event, at_end=memory.at_end)
        attempt = outcome.one("attempt")
        assert attempt and attempt.values["id"] == row, "the attack never began\n" + bench.story(outcome)
        assert memory.before, "VTL1's memory was empty before, so this proves nothing"
        assert memory.after is not None, "the machine did not end\n" + bench.story(outcome)
        if memory.after:
            raise Succeeded(f"{row}: {memory.after} pages of VTL1 in the memory of a machine that is no longer its")
        assert "hv: reset: asked for by" in outcome.text["hv"], "the hypervisor does not say who asked\n" + bench.story(outcome)
        return f"{row}: {memory.before} pages in use before, none after"
