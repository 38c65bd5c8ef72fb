"""The machine comes up at 1, 2 and 4 processors, and works from inside."""

from openvsm_cli import esp
from openvsm_cli.testing import also_on, each


@each(cpus=(1, 2, 4))
@also_on("bochs", cpus=(2,))
@also_on("bochs-amd", cpus=(2,))
def test_from_inside(bench, cpus):
    """VTL0's own tests: timer, processors, secure calls from each processor, one after the other and all at once."""
    outcome = bench.boot(bench.esp(vtl0__options="mode=test calls=50"), cpus=cpus, seconds=180)
    tests = {event.values["id"]: event.values["outcome"] for event in outcome.all("test")}
    assert outcome.one("boot").values == {"processors": str(cpus), "vtl1": "yes"}, bench.story(outcome)
    assert tests and set(tests.values()) == {"ok"}, tests
    bench.expect_success(outcome)


@also_on("bochs")
def test_hypervisor_alone(bench):
    """Without a secure kernel VTL0's kernel runs, and says that there is no VTL1."""
    outcome = bench.boot(esp.without_vtl1().configure(vtl0__options="mode=attack"))
    assert outcome.verdict == "done" and outcome.one("boot").values["vtl1"] == "no", bench.story(outcome)
    attacks = [event.values for event in outcome.all("attack")]
    assert attacks and not {values["target"] for values in attacks} & {"vault", "securekernel"}, attacks
    assert all(values["expected"] == "yes" for values in attacks), attacks
