"""A reset that VTL0 asks for: RAM survives it, VTL1's secrets must not."""

from openvsm_cli.session import regions
from openvsm_cli.testing import each


def ask_for_reset(machine, event):
    """Typed at the console of VTL0's kernel as soon as it is up, with a secret in the vault."""
    if event.name == "boot":
        machine.com1.send(b"vault store\nreset\n")


class Memory:
    """VTL1's region as QEMU still holds it when the machine has stopped."""

    def __init__(self):
        self.data = None

    def __call__(self, machine):
        base, size = regions(machine.log_text("hv"))["vtl1"]
        self.data = machine.read_memory(base, size)

    def pages_in_use(self):
        return sum(any(self.data[at:at + 4096]) for at in range(0, len(self.data), 4096))


@each(cpus=(1, 2))
def test_secrets_are_gone(bench, cpus):
    """All of VTL1's region is zero before the machine stops."""
    memory = Memory()
    bench.boot(bench.esp(vtl0__options="mode=console"), cpus=cpus, seconds=120, on_event=ask_for_reset, at_end=memory)
    assert memory.data is not None, "the machine did not stop"
    assert memory.pages_in_use() == 0, f"{memory.pages_in_use()} pages of VTL1 survived"


def test_the_mutant_keeps_them(bench):
    """The control: with this protection switched off the same test finds VTL1's memory."""
    memory = Memory()
    image = bench.esp(mutants=True, vtl0__options="mode=console", mutant="reset-keeps")
    bench.boot(image, seconds=120, on_event=ask_for_reset, at_end=memory)
    assert memory.data is not None and memory.pages_in_use() > 0, "nothing was left, so the test above proves nothing"
