"""Replays of tests/guest: VTL0's program brings up a VTL1 of its own, step by step as an independent client does."""

from openvsm_cli import espconfig
from openvsm_cli.paths import BUILD
from openvsm_cli.testing import also_on, each

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
@also_on("bochs", cpus=(1, 2))
@also_on("bochs-amd", cpus=(1, 2))
def test_tmk(bench, cpus):
    """OpenVMM's opentmk: VTL1 with VTL0's page tables and without an assist page."""
    passes(boot(bench, "replay-tmk", cpus), bench, at_least=17)


@each(cpus=(1, 2, 4))
@also_on("bochs", cpus=(1, 2))
@also_on("bochs-amd", cpus=(1, 2))
def test_kv(bench, cpus):
    """The VSM suite of kvm-unit-tests: page tables of its own, fast returns, the message byte by byte."""
    passes(boot(bench, "replay-kv", cpus), bench, at_least=45)


@each(cpus=(1, 2, 4), vtl1=("lvbs", "litebox"))
@also_on("bochs", cpus=(1, 2))
@also_on("bochs-amd", cpus=(1, 2))
def test_lvbs(bench, cpus, vtl1):
    """A Linux in VTL0 loads an image of VTL1, and either of LVBS' two kernels runs there."""
    passes(boot(bench, f"replay-{vtl1}", cpus), bench, at_least=30)
