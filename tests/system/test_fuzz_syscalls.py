"""System calls by chance in ring 3 of VTL1 (tests/trustlets/fuzzer); ./openvsm fuzz --syscalls makes more of them."""

from openvsm_cli.testing import each

# Processors that have to share one of the host's hand VTL1's lock on only as often as they are scheduled.
CALLS = {1: 200000, 2: 50000}
SEED = 0x5EED0004
SECONDS = 240
TESTS = {
    "start", "same-seed", "controls", "everybody-answers", "statuses", "registers", "memory", "ends", "others-answer", "nothing-lost",
}


@each(cpus=(1, 2))
def test_system_calls(bench, cpus):
    """System calls by chance from four trustlets: each answers as the model says and changes nothing else; controls are found."""
    calls = CALLS[cpus]
    options = f"mode=fuzz-syscalls calls={calls} seed={SEED}"
    outcome = bench.boot(bench.esp(vtl0__options=options), cpus=cpus, seconds=SECONDS)
    tests = {event.values["id"]: event.values["outcome"] for event in outcome.all("test")}
    assert set(tests) == TESTS and set(tests.values()) == {"ok"}, f"{tests}\n{bench.story(outcome)}"
    counts = {name: int(value) for name, value in outcome.one("syscalls").values.items()}
    in_table = counts.pop("in-table")
    assert sum(counts.values()) == calls and counts["no-memory"] == 0 and in_table > calls // 2, counts
    assert min(counts[name] for name in ("success", "unknown", "bad-address", "bad-argument")) > calls // 20, counts
    bench.expect_success(outcome)
