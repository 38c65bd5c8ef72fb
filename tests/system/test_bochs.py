"""The second back end: the same images on Bochs' Intel processor with VMX and EPT."""

from openvsm_cli import checks
from openvsm_cli.testing import processors


def demo_on_bochs(bench, cpus):
    """The demo with its attacks; the vault's answers equal ours, and the hypervisor says that it is VMX that holds."""
    credential = bench.credential()
    outcome = bench.boot(bench.esp(vtl0__options="mode=demo"), cpus=cpus, memory=256, seconds=400, credential=credential,
                         emulator="bochs")
    bench.expect_success(outcome)
    assert "Intel VMX" in outcome.text["hv"], outcome.text["hv"][-500:]
    results = checks.of_outcome(outcome, credential)
    assert len(results) == 3 and all(check.agrees for check in results), results
    attacks = outcome.all("attack")
    wrong = [event.values for event in attacks if event.values["expected"] != "yes"]
    assert len(attacks) > 100 and not wrong, wrong


def test_demo_on_one_processor(bench):
    """VTL1, vault and attacks with second-level tables in Intel's form."""
    demo_on_bochs(bench, 1)


@processors(2)
def test_demo_on_two_processors(bench):
    """The same with INIT, SIPI and NMI between processors."""
    demo_on_bochs(bench, 2)
