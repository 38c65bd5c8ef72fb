"""Hosting trustlets: what VTL0 may give, start and end, and that nothing is lost on the way."""

import re
import subprocess

from openvsm_cli.paths import BUILD
from openvsm_cli.testing import also_on, each

HOSTING_TESTS = {
    "bad-donations", "donated-page-is-gone", "given-back", "given-back-zeroed", "refused-images", "ends", "instances-answer",
    "instances-listed", "instances-end", "scattered-image", "thousand-starts", "thousand-zeroed", "no-page-lost", "out-of-memory",
    "out-of-memory-lost", "bad-places", "bad-places-control", "every-access",
}


@each(cpus=(1, 2))
@also_on("bochs", cpus=(1,))
def test_hosting(bench, cpus):
    """Bad donations, 64 instances at once, a thousand starts and ends, memory out at one allocation of a start after the other."""
    outcome = bench.boot(bench.esp(vtl0__options="mode=trustlets"), cpus=cpus, seconds=180)
    tests = {event.values["id"]: event.values["outcome"] for event in outcome.all("test")}
    assert set(tests) == HOSTING_TESTS and set(tests.values()) == {"ok"}, f"{tests}\n{bench.story(outcome)}"
    bench.expect_success(outcome)


def test_a_page_that_stays_readable_is_noticed(bench):
    """The mutant: VTL0 keeps its right to read what VTL1 takes, and the test of a donated page fails."""
    outcome = bench.boot(bench.esp(mutants=True, vtl0__options="mode=trustlets", mutant="vtl1-readable"), seconds=180)
    tests = {event.values["id"]: event.values["outcome"] for event in outcome.all("test")}
    assert tests["donated-page-is-gone"] == tests["every-access"] == "failed", f"{tests}\n{bench.story(outcome)}"
    assert tests["bad-donations"] == "ok", f"{tests}\n{bench.story(outcome)}"
    assert not outcome.succeeded


WORKER = BUILD / "tests/trustlets/worker/worker.elf"


def symbols(backtrace):
    """The functions of a crash, innermost first: offsets from VTL1, names from the unstripped file."""
    frames = [backtrace["rip"], *(backtrace[f"f{number}"] for number in range(int(backtrace["frames"])))]
    told = subprocess.run(["addr2line", "--functions", "--exe", WORKER, *frames], check=True, capture_output=True, text=True)
    return told.stdout.splitlines()[::2]


THREAD_TESTS = {
    "start", "gives-way", "resumed-elsewhere", "start-gives-way", "start-cancelled", "cancelled", "sessions-at-once",
    "large-call", "large-elsewhere", "large-given-away", "large-lost-buffer", "large-refused", "segments", "crash", "stack-overflow",
    "quotas", "call-time",
    "layout-start", "layout-image", "layout-heap", "layout-stack", "layout-apart", "layout-end",
}

WITH_TWO = {"ended-while-running", "two-trustlets-at-once", "two-trustlets-end"}    # processors


@each(cpus=(1, 2, 4))
@also_on("bochs", cpus=(2,))
def test_threads(bench, cpus):
    """Calls give way to VTL0's interrupts and go on on any processor; sessions run at once; cancelling, crashing, ending."""
    outcome = bench.boot(bench.esp(vtl0__options="mode=threads"), cpus=cpus, seconds=180)
    tests = {event.values["id"]: event.values["outcome"] for event in outcome.all("test")}
    wanted = THREAD_TESTS | (WITH_TWO if cpus > 1 else set())
    assert set(tests) == wanted and set(tests.values()) == {"ok"}, f"{tests}\n{bench.story(outcome)}"
    names = symbols(outcome.all("backtrace")[0].values)
    assert names[0] == "crash_inside" and names[-1] == "thread_main", names
    bench.expect_success(outcome)


def test_normal_calls(bench):
    """What a trustlet may ask of VTL0 and nothing else; answers that are wrong, late, repeated or missing."""
    outcome = bench.boot(bench.esp(vtl0__options="mode=normal-calls"))
    tests = {event.values["id"]: event.values["outcome"] for event in outcome.all("test")}
    wanted = {"start", "not-in-the-list", "blobs", "time-log-memory", "by-the-library", "hostile-replies", "no-reply"}
    assert set(tests) == wanted and set(tests.values()) == {"ok"}, f"{tests}\n{bench.story(outcome)}"
    assert re.search(r"^trustlet \d+: hello, VTL0", outcome.text["vtl0"], re.M), bench.story(outcome)
    bench.expect_success(outcome)


# Instructions by which VTL0's timer interrupt may be late while a trustlet works.
DELAY_LIMIT = 200_000
SHIFT = 4  # an instruction takes 16 ns of the emulated time, in which the TSC counts


def test_delay(bench):
    """No tick of VTL0's timer is late by more than the limit while VTL1 starts a trustlet, and while that makes an RSA-3072 key."""
    outcome = bench.boot(bench.esp(vtl0__options="mode=delay"), seconds=400, extra=("-icount", f"shift={SHIFT},sleep=off"))
    tests = {event.values["id"]: event.values for event in outcome.all("test")}
    assert {values["outcome"] for values in tests.values()} == {"ok"}, bench.story(outcome)
    for what, stops, least in (("start-delay", "start-yields", 3), ("key-delay", "ticks", 10)):
        worst, yields = (int(tests[name]["detail"].split("/")[0]) for name in (what, stops))
        worst >>= SHIFT
        assert 0 < worst <= DELAY_LIMIT, f"{what}: {worst} instructions, {yields} yields"
        assert yields > least, (stops, yields)


def test_calls_by_chance(bench):
    """Secure calls by chance: every answer is of the list, no right is other than the model says, no page is lost."""
    outcome = bench.boot(bench.esp(vtl0__options="mode=fuzz calls=30000 seed=20261126"), seconds=240)
    tests = {event.values["id"]: event.values["outcome"] for event in outcome.all("test")}
    assert set(tests) == {"start", "statuses", "rights", "nothing-lost"} and set(tests.values()) == {"ok"}, bench.story(outcome)
    counts = {int(key[1:]): int(value) for key, value in outcome.one("fuzz").values.items()}
    assert sum(counts.values()) == 30000, counts
    never = {number for number, count in counts.items() if count == 0}
    assert len(never) <= 2 and counts[0] > 3000, f"statuses that never came: {never}"
