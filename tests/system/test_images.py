"""Signed images with something wrong, started in the machine: every refusal's reason, crashes, changes by chance."""

import re
import subprocess

from openvsm_cli import image_variants
from openvsm_cli.paths import BUILD, ROOT
from openvsm_cli.testing import also_on

NAMED = re.compile(r'(?:next|with_payload|WITH_HEADER)\("([\w-]+)"')
CRASHER = BUILD / "tests/trustlets/crasher/crasher.elf"
CALLS = image_variants.MOST
ON_BOCHS = 50
OTHER_TESTS = {"start", "crash-in-start", "by-chance", "other-answers", "nothing-lost"}
# enum secure_refusal_reason and enum elf_error that images by chance must have met, for the changes to be worth something
REASONS = {"reason3", "reason5", "reason6"}
ELF_ERRORS = {"elf2", "elf3", "elf4", "elf5", "elf6", "elf10", "elf11", "elf16"}


def symbols(backtrace):
    """The functions of a crash, innermost first: offsets from VTL1, names from the unstripped file."""
    frames = [backtrace["rip"], *(backtrace[f"f{number}"] for number in range(int(backtrace["frames"])))]
    told = subprocess.run(["addr2line", "--functions", "--exe", CRASHER, *frames], check=True, capture_output=True, text=True)
    return told.stdout.splitlines()[::2]


@also_on("bochs")
def test_images(bench):
    """Each refusal by its image, with reason and detail; a crash in start() with its place; images by chance; nothing lost."""
    calls = CALLS if bench.emulator == "qemu" else ON_BOCHS
    outcome = bench.boot(image_variants.machine(calls), seconds=240)
    tests = {event.values["id"]: event.values["outcome"] for event in outcome.all("test")}
    named = set(NAMED.findall((ROOT / "tests/trustlets/variants/make-variants.c").read_text())) - {""}
    assert len(named) > 20 and set(tests) == OTHER_TESTS | named, f"{set(tests) ^ (OTHER_TESTS | named)}\n{bench.story(outcome)}"
    assert set(tests.values()) == {"ok"}, f"{tests}\n{bench.story(outcome)}"
    names = symbols(outcome.one("backtrace").values)
    assert names[0] == "crash_inside" and "ium_main" in names, names  # a leaf has no frame: its caller is left out
    counts = {name: int(value) for name, value in outcome.one("images").values.items()}
    if calls == CALLS:
        never = {name for name in REASONS | ELF_ERRORS | {"ran", "faulted"} if counts[name] == 0}
        assert not never, f"never met: {never} of {counts}"
    bench.expect_success(outcome)
