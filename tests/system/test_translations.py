"""Second-level tables by themselves: the fault behind each refusal, and that no translation outlives a right."""

import re

import test_guest as guest

from openvsm_cli import faults
from openvsm_cli.testing import also_on, processors

ROUNDS = 204        # of tests/guest/shootdown: each takes one right away, and gives it back before
VIOLATION = {"read": 0x1, "write": 0x2, "execute": 0x4}     # exit qualification of an EPT violation


def agrees(fault):
    """What the processor said against what the hypervisor made of it (SDM vol. 3C, "Exit Qualification for EPT Violations";
    APM vol. 2, "Nested versus Guest Page Faults, Fault Ordering")."""
    said = fault.information
    if fault.text.startswith("EPT"):
        walk = said >> 7 & 3 == 1
        return walk if fault.access == "walk" else not walk and said & 7 == VIOLATION[fault.access]
    walk = said >> 33 & 1 == 1
    bits = said & 0x12      # write, instruction fetch
    return walk if fault.access == "walk" else not walk and bits == {"read": 0, "write": 2, "execute": 0x10}[fault.access]


@also_on("bochs")
def test_each_attack_has_its_fault(bench):
    """Every access to VTL1, the hypervisor and a hole was refused by a second-level fault at its page; no control was."""
    outcome = bench.boot(bench.esp(vtl0__options="mode=attack", log__level="debug"), seconds=240)
    bench.expect_success(outcome)
    found = faults.by_attack(outcome)
    refused = {values["id"]: fault for values, fault in found if values["target"] != "control"}
    assert len(refused) > 80 and None not in refused.values(), [name for name, fault in refused.items() if fault is None]
    wrong = [fault.text for fault in refused.values() if not agrees(fault)]
    assert not wrong, wrong
    controls = {values["id"]: fault for values, fault in found if values["target"] == "control"}
    assert len(controls) > 12 and not any(controls.values()), controls


def dropped(outcome):
    """{processor: [epochs at which it dropped VTL0's translations]}"""
    found = {}
    for vtl, processor, epoch in re.findall(r"translations of VTL(\d) dropped on processor (\d+), epoch (\d+)", outcome.text["hv"]):
        if vtl == "0":
            found.setdefault(int(processor), []).append(int(epoch))
    return found


def shoot_downs(outcome):
    return [int(epoch) for epoch in re.findall(r"shoot-down by processor \d+, epoch (\d+)", outcome.text["hv"])]


@processors(2)
@also_on("bochs")
@also_on("bochs-amd")
def test_each_shoot_down_invalidates(bench):
    """An emulator that flushes at every exit would not miss the instruction: so it is counted, on both processors."""
    outcome = guest.boot(bench, "shootdown", 2, level="debug")
    bench.expect_success(outcome)
    epochs, found = shoot_downs(outcome), dropped(outcome)
    assert len(epochs) >= 2 * ROUNDS and epochs == sorted(set(epochs)), epochs[:10]
    # The processor that took the rights goes on in VTL0 after each; the one that used the page ran in between.
    assert set(found[0]) >= set(epochs), f"processor 0 went on without: {sorted(set(epochs) - set(found[0]))[:10]}"
    assert len(set(found[1])) >= ROUNDS, f"processor 1 dropped its translations {len(set(found[1]))} times"


@processors(2)
@also_on("bochs")
@also_on("bochs-amd")
def test_a_missing_invalidation_is_noticed(bench):
    """With the instruction left out the count above is short."""
    outcome = guest.boot(bench, "shootdown", 2, "no-invalidation", level="debug")
    assert outcome.verdict == "done", bench.story(outcome)
    assert len(shoot_downs(outcome)) > 10 and not dropped(outcome), dropped(outcome)
