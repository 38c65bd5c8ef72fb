"""What VTL0 sees of a trustlet: a secure process, of which ring 3 and ring 0 get nothing but who it is."""

from openvsm_cli.testing import also_on, each

CONTROLS = {
    "control-open", "control-query", "control-read", "control-write", "control-nothing-there", "control-dump", "control-work-given",
    "control-thread", "control-apc", "control-allocate", "control-library", "control-debugger", "control-debug-event",
    "control-end",
}
RING3 = {
    "ring3-open", "ring3-is-secure-process", "ring3-read", "ring3-write", "ring3-allocate", "ring3-query-memory", "ring3-thread",
    "ring3-apc", "ring3-library", "ring3-debugger", "ring3-debug-event", "ring3-buffer", "ring3-dump", "ring3-owners-stays", "ring3-end",
}
RING0 = {
    "ring0-read", "ring0-write", "ring0-dump", "ring0-attach", "ring0-debugger", "ring0-code", "ring0-search-finds", "ring0-search",
    "ring0-unreadable", "ring0-given-pages",
}
TESTS = CONTROLS | RING3 | RING0 | {"start", "trustlet-answers"}


def outcomes(outcome):
    """Each test's outcome, by its id."""
    return {event.values["id"]: event.values["outcome"] for event in outcome.all("test")}


@each(cpus=(1, 2))
@also_on("bochs", cpus=(1,))
def test_secure_processes(bench, cpus):
    """Every call does on an ordinary process what it is for, and on a secure one nothing; the trustlet answers at the end."""
    outcome = bench.boot(bench.esp(vtl0__options="mode=secure-processes"), cpus=cpus, seconds=240)
    tests = outcomes(outcome)
    assert set(tests) == TESTS and set(tests.values()) == {"ok"}, f"{tests}\n{bench.story(outcome)}"
    bench.expect_success(outcome)


def test_memory_that_stays_readable_is_noticed(bench):
    """The mutant: VTL0 keeps its right to read what VTL1 takes. Handles refuse as before, ring 0 finds the trustlet's word."""
    outcome = bench.boot(bench.esp(mutants=True, vtl0__options="mode=secure-processes", mutant="vtl1-readable"), seconds=240)
    tests = outcomes(outcome)
    assert {tests["ring0-search"], tests["ring0-given-pages"], tests["ring0-unreadable"]} == {"failed"}, f"{tests}\n{bench.story(outcome)}"
    assert tests["ring3-read"] == tests["ring0-search-finds"] == "ok" and not outcome.succeeded
