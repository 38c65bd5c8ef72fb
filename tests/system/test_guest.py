"""Payloads of tests/guest: the hypervisor's VTL machinery by itself. tests/attacks/ has them without the protections that they watch."""

import re

from openvsm_cli import esp
from openvsm_cli.testing import also_on, each, only_on, processors

SECONDS = 60


def boot(bench, name, cpus, mutant=None, level="info", options=None, seconds=SECONDS):
    """The machine with the payload in place of VTL0's kernel, and the one obedient VTL1."""
    image = esp.guest_payload(name, mutant, vtl0__options=options, log__level=level)
    return bench.boot(image, cpus=cpus, memory=256, seconds=seconds)


def failed(outcome):
    return {event.values["id"]: event.values.get("detail", "") for event in outcome.all("test")
            if event.values["outcome"] != "ok"}


# What an emulator cannot do: exactly these lines fail there (docs/trials.md has the measurement).
CANNOT = {
    # Steps over the instruction behind STI, also where #DB is not intercepted.
    "qemu": {"debug-step-in-shadow"},
    # E1: EXITINTINFO does not tell an external interrupt. And an intercepted #DB does not update DR6, as it must.
    # And interrupts exit by the guest's IF alone, whatever V_INTR_MASKING and the host's IF say (M2).
    "bochs-amd": {"intercept-delivering-interrupt", "debug-step", "debug-step-in-shadow", "debug-data",
                  "timers-vtl1-preempts-closed", "vtl1-apic-timer-over-if-clear"},
}


# Of x87, SSE, AVX (bits 0 to 2) and AVX-512 (5 to 7) what an emulator has, and test_switch shows to pass.
EXTENDED = {"qemu": "0x7", "bochs": "0xe7", "bochs-amd": "0x7"}


def passes(bench, name, cpus, at_least, seconds=SECONDS):
    outcome = boot(bench, name, cpus, seconds=seconds)
    said = {event.values["id"] for event in outcome.all("test")}
    cannot = CANNOT.get(bench.emulator, set()) & said if bench.accel == "tcg" else set()
    assert set(failed(outcome)) == cannot, failed(outcome)
    assert outcome.verdict == "done" and (cannot or outcome.status == 0), bench.story(outcome)
    assert len(outcome.all("test")) >= at_least, f"only {len(outcome.all('test'))} lines\n" + bench.story(outcome)
    return outcome


# What tests/guest/registers/crash.c tells of; the second message lies where VTL0 may not read.
CRASHES = ["VTL0 of processor 0: 0x1 0x2 0x3 0x4 0x5", "VTL1 of processor 0: 0x11 0x12 0x13 0x14 0xffffffffffffffff",
           "VTL0 of processor 0: 0x21 0x0 0x0 PAGE", "VTL0 says: the end.of VTL0", "VTL0 of processor 0: 0x21 0x0 0x0 PAGE"]

LONGEST_EXIT = 50000  # instructions; a tick of Bochs' time stamp counter is one


def longest_exits(outcome):
    return {event.values["id"]: int(event.values["detail"].rpartition("ticks:")[2]) for event in outcome.all("test")
            if event.values["id"].startswith("calls-longest")}


@each(cpus=(1, 2, 4))
@also_on("bochs", cpus=(2,))
@also_on("bochs-amd", cpus=(2,))
def test_switch(bench, cpus):
    """VTL call and return: what passes, what is private, what is #UD."""
    outcome = passes(bench, "switch", cpus, at_least=27)
    shown = [event.values["detail"] for event in outcome.all("test") if event.values["id"] == "switch-extended-components"]
    assert bench.accel != "tcg" or shown == [EXTENDED[bench.emulator]], shown


@each(cpus=(1, 2, 4))
@also_on("bochs", cpus=(1,))
def test_rights(bench, cpus):
    """Each mask on a page takes away exactly what it says; every status of the call."""
    passes(bench, "rights", cpus, at_least=10)


@processors(2)
@also_on("bochs")
@also_on("bochs-amd")
def test_shootdown(bench):
    """Two hundred rounds: not one use of a page on another processor after its right was taken away; and large pages
    that are split under a processor that uses them."""
    passes(bench, "shootdown", 2, at_least=13)


@each(cpus=(1, 2, 4))
@also_on("bochs", cpus=(1,))
@also_on("bochs-amd", cpus=(1,))
def test_intercept(bench, cpus):
    """The intercept message byte by byte; page walks and event delivery that meet a protected page."""
    passes(bench, "intercept", cpus, at_least=14)


@each(cpus=(2, 4))
@also_on("bochs", cpus=(2,))
@also_on("bochs-amd", cpus=(2,))
def test_start(bench, cpus):
    """INIT, start-up and NMI through the APIC: every destination, and always under the hypervisor."""
    passes(bench, "start", cpus, at_least=6)


@each(cpus=(1, 2, 4))
@also_on("bochs", cpus=(2,))
def test_vtl1_apic(bench, cpus):
    """VTL1's own local APIC: registers, priorities, interrupts across processors and VTLs; VINA."""
    passes(bench, "vtl1-apic", cpus, at_least=17 if cpus == 1 else 23)


@each(cpus=(2, 4))
@also_on("bochs", cpus=(2,))
def test_startvp(bench, cpus):
    """StartVirtualProcessor from both VTLs, out of whatever the processor does but VTL1, into 64-bit and 32-bit code;
    DenyLowerVtlStartup."""
    passes(bench, "startvp", cpus, at_least=9)


@processors(2)
def test_start_without(bench):
    """An APIC that is not guarded: the firmware's own first start of a processor takes it out, which the loader sees."""
    outcome = boot(bench, "start", 2, "apic-writable")
    assert outcome.status is None, "VTL0 ran to its end"
    assert any("processor 1 does not run under the hypervisor" in line for line in outcome.errors()), bench.story(outcome)


@each(cpus=(1, 2, 4))
@also_on("bochs", cpus=(2,))
def test_clock(bench, cpus):
    """Counter, reference TSC page and frequencies agree on every processor and in both VTLs."""
    passes(bench, "clock", cpus, at_least=9)


@each(cpus=(1, 2, 4))
@also_on("bochs", cpus=(2,))
@also_on("bochs-amd", cpus=(2,))
def test_timers(bench, cpus):
    """Synthetic timers of both VTLs, by vector and by message; VTL0's APIC timer next to them."""
    passes(bench, "timers", cpus, at_least=20)


@each(cpus=(1, 2, 4))
@also_on("bochs", cpus=(2,))
@also_on("bochs-amd", cpus=(2,))
def test_interrupts(bench, cpus):
    """One that is pending at a VTL call, or comes while VTL1 runs, does not stop VTL1 and reaches VTL0 once; VTL0's debug
    exceptions are as without a hypervisor."""
    passes(bench, "interrupts", cpus, at_least=7 if cpus == 1 else 11)


@each(cpus=(1, 2, 4))
@also_on("bochs", cpus=(2,))
def test_registers(bench, cpus):
    """Each VP register and synthetic MSR from both VTLs, and what the enabling calls refuse."""
    outcome = passes(bench, "registers", cpus, at_least=26)
    crashes = [re.sub("0x[0-9a-f]+000 0xf$", "PAGE", line.rstrip().partition("crash: ")[2])
               for line in outcome.text["hv"].splitlines() if "crash: " in line]
    assert crashes == CRASHES, crashes


@each(cpus=(1, 2, 4))
@also_on("bochs", cpus=(1,))
def test_calls(bench, cpus):
    """Each form of a hypercall, of 64-bit and 32-bit callers, in memory and in registers, and each refusal of one."""
    outcome = passes(bench, "calls", cpus, at_least=16)
    if bench.emulator != "qemu":
        assert all(ticks < LONGEST_EXIT for ticks in longest_exits(outcome).values()), longest_exits(outcome)


@each(cpus=(2, 4))
@also_on("bochs", cpus=(2,))
def test_flush(bench, cpus):
    """No stale translation is used behind any flush call; none completes while VTL1 holds the TLB lock; nobody waits for ever."""
    passes(bench, "flush", cpus, at_least=14, seconds=60 * cpus)  # processors that wait for each other share few of the host's


@each(cpus=(1, 2, 4))
@also_on("bochs", cpus=(2,))
def test_register_intercept(bench, cpus):
    """VTL1 is told of the writes to registers and accesses of MSRs that it asked for, and of no other; what faults only faults."""
    passes(bench, "register-intercept", cpus, at_least=18 if cpus == 1 else 19)


@each(cpus=(1, 2))
@also_on("bochs", cpus=(2,))
def test_io_intercept(bench, cpus):
    """VTL1 is told of VTL0's accesses to the ports that it asked for, in their direction, on every processor, and of no other."""
    passes(bench, "io-intercept", cpus, at_least=13 if cpus == 1 else 14)


@only_on("bochs")
@each(name=("registers", "register-intercept"))
def test_what_vtl1_sets_enters(bench, name):
    """In the test image, which compares the VMCS with the manual before every entry, no value that VTL1 may set is refused."""
    outcome = boot(bench, name, 1, "none")
    assert not failed(outcome) and outcome.verdict == "done" and outcome.status == 0, bench.story(outcome)
