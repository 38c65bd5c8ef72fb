"""System calls by chance in ring 3 of VTL1 (tests/trustlets/fuzzer); ./openvsm fuzz --syscalls makes more of them."""

from openvsm_cli.testing import each

CALLS = 200000
SEED = 0x5EED0004
SECONDS = 240
TESTS = {
    "start", "same-seed", "controls", "everybody-answers", "statuses", "registers", "memory", "ends", "others-answer", "nothing-lost",
}


@each(cpus=(1, 2))
def test_system_calls(bench, cpus):
    """System calls by chance from four trustlets: each answers as the model says and changes nothing else; controls are found."""
    options = f"mode=fuzz-syscalls calls={CALLS} seed={SEED}"
    outcome = bench.boot(bench.esp(vtl0__options=options), cpus=cpus, seconds=SECONDS)
    tests = {event.values["id"]: event.values["outcome"] for event in outcome.all("test")}
    assert set(tests) == TESTS and set(tests.values()) == {"ok"}, f"{tests}\n{bench.story(outcome)}"
    counts = {name: int(value) for name, value in outcome.one("syscalls").values.items()}
    in_table = counts.pop("in-table")
    assert sum(counts.values()) == CALLS and counts["no-memory"] == 0 and in_table > 100000, counts
    assert min(counts[name] for name in ("success", "unknown", "bad-address", "bad-argument")) > 5000, counts
    bench.expect_success(outcome)
