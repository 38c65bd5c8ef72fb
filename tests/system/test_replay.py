"""Replays of tests/guest: VTL0's program brings up a VTL1 of its own, step by step as an independent client does."""

from openvsm_cli import espconfig
from openvsm_cli.paths import BUILD
from openvsm_cli.testing import also_on, each, processors

VTL0 = "EFI/openvsm/vtl0.efi"
SECONDS = 90


def boot(bench, name, cpus, securekernel="by-vtl0", options=None, **more):
    """The machine with the payload as VTL0's program, and no secure kernel."""
    image = bench.esp()
    image.files = {path: data for path, data in image.files.items() if "trustlets" not in path and "securekernel" not in path}
    image.files[VTL0] = BUILD / f"tests/guest/guest-{name}.efi"
    image.configure(text=espconfig.render(vtl1__securekernel=securekernel, vtl1__trustlet=None, vtl0__options=options))
    return bench.boot(image, cpus=cpus, memory=256, seconds=SECONDS, **more)


def failed(outcome):
    return {event.values["id"]: event.values.get("detail", "") for event in outcome.all("test")
            if event.values["outcome"] != "ok"}


def passes(outcome, bench, at_least):
    assert not failed(outcome), failed(outcome)
    assert outcome.succeeded, bench.story(outcome)
    assert len(outcome.all("test")) >= at_least, f"only {len(outcome.all('test'))} steps\n" + bench.story(outcome)


@each(cpus=(1, 2, 4))
@also_on("bochs", cpus=(2,))
def test_tmk(bench, cpus):
    """OpenVMM's opentmk: VTL1 with VTL0's page tables and without an assist page."""
    passes(boot(bench, "replay-tmk", cpus), bench, at_least=17)


@each(cpus=(1, 2, 4))
@also_on("bochs", cpus=(2,))
def test_kv(bench, cpus):
    """The VSM suite of kvm-unit-tests: page tables of its own, fast returns, the message byte by byte."""
    passes(boot(bench, "replay-kv", cpus), bench, at_least=45)


@each(cpus=(1, 2, 4), vtl1=("lvbs", "litebox"))
@also_on("bochs", cpus=(2,))
def test_lvbs(bench, cpus, vtl1):
    """A Linux in VTL0 loads an image of VTL1, and either of LVBS' two kernels runs there."""
    passes(boot(bench, f"replay-{vtl1}", cpus), bench, at_least=30)


@each(cpus=(1, 2, 4))
@also_on("bochs", cpus=(2,))
def test_linux(bench, cpus):
    """Linux as a guest of Hyper-V: each step that the hypervisor advertises, and none that it must not."""
    passes(boot(bench, "replay-linux", cpus), bench, at_least=18)


# --- errors of such a VTL1, and of who brings it up: docs/outcomes.md ---

@each(cpus=(1, 2, 4))
@also_on("bochs", cpus=(2,))
def test_refusals(bench, cpus):
    """Wrong orders, impossible contexts, two at once, a protection without a message page: refused, and the machine goes on."""
    passes(boot(bench, "bring-up", cpus, options="refusals"), bench, at_least=22)


@each(paging=("off", "32", "pae", "bad-pointer"))
@also_on("bochs")
def test_protected_mode(bench, paging):
    """A VTL1 that starts in 32-bit protected mode calls and returns, over an intercept of VTL0's 64-bit code, too; PAE's pointers
    are loaded, a wrong one fails no entry."""
    passes(boot(bench, "bring-up", 1, options=f"protected-{paging}"), bench, at_least=14)


@also_on("bochs")
def test_not_offered(bench):
    """Where the owner wants no VTL1, VSM is neither advertised nor there."""
    passes(boot(bench, "bring-up", 1, securekernel="none", options="not-offered"), bench, at_least=5)


@processors(2)
@also_on("bochs")
def test_stays(bench):
    """A VTL1 that never returns has its own processor, and no other."""
    passes(boot(bench, "bring-up", 2, options="stays"), bench, at_least=5)


def expect_reset(bench, outcome):
    assert outcome.status is None, bench.story(outcome)
    assert "reset: asked for by VTL1 of processor 0: shutdown (triple fault)" in outcome.text["hv"], bench.story(outcome)
    assert "unknown exit" not in outcome.text["hv"], bench.story(outcome)


# Resets are QEMU's to show (docs/emulators.md).
@each(how=("bad-cr3", "bad-rip", "bad-stack"))
def test_first_instruction(bench, how):
    """A context that a processor can be in and no code can run in: VTL1 triple-faults, which is a reset."""
    outcome = boot(bench, "bring-up", 1, options=how)
    assert outcome.one("enabled").values["status"] == "0", bench.story(outcome)
    expect_reset(bench, outcome)


def test_a_triple_fault_of_vtl1_wipes_first(bench):
    """What such a VTL1 took from VTL0 is zero before the machine stops."""
    seen = {}

    def read(machine):
        said = [line for line in machine.log_text("vtl0").splitlines() if "@openvsm secret" in line][-1]
        words = dict(word.split("=") for word in said.split() if "=" in word)
        seen["memory"] = machine.read_memory(int(words["address"]), int(words["pages"]) * 4096)

    outcome = boot(bench, "bring-up", 1, options="triple-fault", at_end=read)
    expect_reset(bench, outcome)
    assert "reset: 3 pages of VTL1 zeroed" in outcome.text["hv"], bench.story(outcome)
    assert seen["memory"] and not any(seen["memory"]), "VTL1's memory survived"
