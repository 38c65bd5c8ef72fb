"""Hosting trustlets: what VTL0 may give, start and end, and that nothing is lost on the way."""

import re

from openvsm_cli.testing import also_on, each

HOSTING_TESTS = {
    "bad-donations", "donated-page-is-gone", "given-back", "given-back-zeroed", "refused-images", "ends", "instances-answer",
    "instances-listed", "instances-end", "thousand-starts", "no-page-lost", "out-of-memory",
    "out-of-memory-lost",
}


@each(cpus=(1, 2))
@also_on("bochs", cpus=(1,))
def test_hosting(bench, cpus):
    """Bad donations, 64 instances at once, a thousand starts and ends, memory out at one allocation of a start after the other."""
    outcome = bench.boot(bench.esp(vtl0__options="mode=trustlets"), cpus=cpus, seconds=180)
    tests = {event.values["id"]: event.values["outcome"] for event in outcome.all("test")}
    assert set(tests) == HOSTING_TESTS and set(tests.values()) == {"ok"}, f"{tests}\n{bench.story(outcome)}"
    bench.expect_success(outcome)


THREAD_TESTS = {"start", "gives-way", "resumed-elsewhere", "cancelled", "sessions-at-once", "crash"}


@each(cpus=(1, 2, 4))
@also_on("bochs", cpus=(2,))
def test_threads(bench, cpus):
    """Calls give way to VTL0's interrupts and go on on any processor; sessions run at once; cancelling, crashing, ending."""
    outcome = bench.boot(bench.esp(vtl0__options="mode=threads"), cpus=cpus, seconds=180)
    tests = {event.values["id"]: event.values["outcome"] for event in outcome.all("test")}
    wanted = THREAD_TESTS | ({"ended-while-running"} if cpus > 1 else set())
    assert set(tests) == wanted and set(tests.values()) == {"ok"}, f"{tests}\n{bench.story(outcome)}"
    bench.expect_success(outcome)


def test_normal_calls(bench):
    """What a trustlet may ask of VTL0 and nothing else; answers that are wrong, late, repeated or missing."""
    outcome = bench.boot(bench.esp(vtl0__options="mode=normal-calls"))
    tests = {event.values["id"]: event.values["outcome"] for event in outcome.all("test")}
    wanted = {"start", "not-in-the-list", "blobs", "time-log-memory", "hostile-replies", "no-reply"}
    assert set(tests) == wanted and set(tests.values()) == {"ok"}, f"{tests}\n{bench.story(outcome)}"
    assert re.search(r"^trustlet \d+: hello, VTL0", outcome.text["vtl0"], re.M), bench.story(outcome)
    bench.expect_success(outcome)
