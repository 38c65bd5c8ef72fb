"""Hypercalls by chance from both VTLs (tests/guest/fuzz), as many as each push can wait for; ./openvsm fuzz makes more."""

from openvsm_cli import esp
from openvsm_cli.testing import also_on, each, processors

SEED = 0x5EED0004
SECONDS = 240


def boot(bench, vtl, calls, cpus=1, mutant=None):
    image = esp.guest_payload("fuzz", mutant, vtl0__options=f"vtl={vtl} calls={calls} seed={SEED:#x}")
    return bench.boot(image, cpus=cpus, memory=256, seconds=SECONDS)


def failed(outcome):
    return {event.values["id"]: event.values["detail"] for event in outcome.all("test") if event.values["outcome"] != "ok"}


def reach(outcome):
    """What a run has come to: the codes that succeeded, entries into VTL0 with disturbed registers, exceptions made up."""
    said = next(event.values["detail"] for event in outcome.all("test") if event.values["id"] == "fuzz-reach")
    return {name: int(value, 0) for name, value in (word.split(":") for word in said.split(","))}


def passes(bench, vtl, calls, cpus=1):
    outcome = boot(bench, vtl, calls, cpus)
    assert cpus == 1 or any(event.values["id"] == "fuzz-other-processor" for event in outcome.all("test")), bench.story(outcome)
    closing = [line for line in outcome.text["vtl0"].splitlines() if line.startswith(f"fuzz: VTL{vtl}, seed {SEED:#x}, {calls} calls: ")]
    assert outcome.succeeded and not failed(outcome), f"{failed(outcome)}\n" + bench.story(outcome)
    assert len(closing) == 1 and closing[0].rstrip().endswith("pages; VTL1 answers"), bench.story(outcome)
    reached = reach(outcome)
    assert bin(reached["codes"]).count("1") >= (3, 5)[vtl], f"too few calls succeed at all: {reached}"
    assert vtl == 0 or reached["entries"] > 0, f"no entry was disturbed: {reached}"
    assert vtl == 0 or calls < 20000 or reached["exceptions"] > 0, f"no exception was made up: {reached}"
    return reached


@each(vtl=(0, 1), calls=(200000,))
@also_on("bochs", calls=(20000,))
def test_calls(bench, vtl, calls):
    """Every answer is a documented one and writes nothing else; VTL0's rights are page by page what VTL1's calls say."""
    passes(bench, vtl, calls)


@processors(2)
@each(vtl=(0, 1), calls=(50000,))
@also_on("bochs", calls=(5000,))
def test_calls_with_another_processor(bench, vtl, calls):
    """The same while another processor uses the very pages and calls VTL1: neither stops the other."""
    passes(bench, vtl, calls, cpus=2)


@each(vtl=(0, 1))
def test_same_seed_same_answers(bench, vtl):
    """The seed says everything: two runs get the same answers in the same order."""
    first, second = (passes(bench, vtl, 20000) for _ in range(2))
    assert first == second and first["hash"] != 0, (first, second)


@each(mutant=("no-vtl-check", "vtl1-writable"))
def test_rights_without(bench, mutant):
    """VTL0 that may change rights, or keeps one, is found by the comparison of pages, not only by an answer."""
    outcome = boot(bench, 0 if mutant == "no-vtl-check" else 1, 20000, mutant=mutant)
    assert "fuzz-rights" in failed(outcome), f"{mutant} was not noticed: {failed(outcome)}\n" + bench.story(outcome)
