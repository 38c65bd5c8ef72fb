"""CR0 gets a value with which no guest can be entered: VTL0 may end by it, the hypervisor may not."""

from openvsm_cli.attacks import Succeeded, boots
from openvsm_cli.protocol import errors_in

SECONDS = 60
ROWS = ("cr0-nw-without-cd", "cr0-high-bit", "cr0-pg-without-pe")


def control(bench, cpus):
    rows = [event.values for event in boots.of_all(bench, 2).all("attack") if event.values["id"] == "cr0-control"]
    assert rows and rows[0]["outcome"] == "ok", rows


def one(bench, row, cpus, mutant):
    outcome = boots.of_one(bench, row, cpus, mutant, SECONDS)
    assert outcome.one("attempt"), "the attack never began\n" + bench.story(outcome)
    stopped = errors_in(outcome.text["hv"])
    if stopped:
        raise Succeeded(f"{row}: the hypervisor stopped: {stopped[0]}")
    ended = "hv: reset: asked for by VTL0" in outcome.text["hv"]
    assert ended or outcome.verdict == "done", bench.story(outcome)
    return f"{row}: VTL0 {'reset itself' if ended else 'went on'}"


def attack(bench, cpus, mutant=None):
    return "; ".join(one(bench, row, cpus, mutant) for row in ROWS)
