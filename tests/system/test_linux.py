"""Debian's own kernel, unmodified: as a control without OpenVSM, and as VTL0's system."""

import hashlib

from openvsm_cli.session import regions
from openvsm_cli.testing import each, only_on

COMMAND = ["sh", "-c", "nproc; printf 'a  b\\n'; exit 42"]


def check(outcome, cpus):
    assert outcome.verdict == "ran", f"{outcome.verdict}; logs: {outcome.logs}"
    assert outcome.status == 42, f"exit status {outcome.status}"
    assert outcome.output == f"{cpus}\na  b\n".encode(), outcome.output


@each(cpus=(1,))
def test_bare(bench, cpus):
    """The control: the same kernel, initramfs and command without OpenVSM below."""
    check(bench.linux(COMMAND, cpus=cpus, below="firmware"), cpus)


@each(cpus=(1,))
def test_hypervisor_alone(bench, cpus):
    """Under the hypervisor without a secure kernel: what is left is the virtualization itself."""
    check(bench.linux(COMMAND, cpus=cpus, below="hypervisor"), cpus)


class Hasher:
    """The pages of VTL1 that must not change while VTL0 runs, hashed from outside."""

    def __init__(self):
        self.digests = []

    def __call__(self, machine):
        base, size = regions(machine.log_text("hv"))["vtl1"]
        self.digests.append(hashlib.sha256(machine.read_memory(base, size)).hexdigest())


@each(cpus=(1, 2))
def test_in_vtl0(bench, cpus):
    """It boots, counts its processors, runs the command and powers off; VTL1's memory is the same before and after."""
    hasher = Hasher()
    outcome = bench.linux(COMMAND, cpus=cpus, on_begin=hasher, at_end=hasher)
    check(outcome, cpus)
    assert len(hasher.digests) == 2 and hasher.digests[0] == hasher.digests[1], "VTL1's pages changed under Linux"


@only_on("bochs")
def test_on_the_intel_back_end(bench):
    """The same kernel in VTL0 on VMX, with the secure kernel up."""
    outcome = bench.linux(COMMAND, memory=512)
    check(outcome, 1)
    assert "Intel VMX" in outcome.text["hv"] and "VTL1 is enabled" in outcome.text["hv"], outcome.text["hv"][-500:]


def tell_address(machine):
    """The page to try is sent over the console: only the running machine knows it."""
    base, _ = regions(machine.log_text("hv"))["vtl1"]
    machine.com1.send(f"{base:#x}\n".encode())


def test_reading_vtl1_from_linux(bench):
    """Root in Linux maps a page of VTL1 by /dev/mem and reads: that is refused and Linux lives on."""
    script = "read a; devmem $a 64; echo vtl1=$?; devmem 0xf0000 64 >/dev/null; echo control=$?"
    outcome = bench.linux(["sh", "-c", script], on_begin=tell_address)
    assert outcome.verdict == "ran" and outcome.status == 0, outcome
    lines = outcome.output.decode().splitlines()
    assert "control=0" in lines, lines
    # 128 + SIGSEGV: the mapping was allowed and the access itself was refused.
    assert "vtl1=139" in lines, lines
