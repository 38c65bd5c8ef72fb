"""The secure kernel without a hypervisor: tests/guest/vtl1-bench plays loader, hypervisor and a hostile VTL0."""

from openvsm_cli import diskimage
from openvsm_cli.paths import BUILD, LOGS, shown
from openvsm_cli.qemu import LineReader, Machine, MachineSpec
from openvsm_cli.testing import Hung

PROGRAM = BUILD / "tests/guest/vtl1-bench/vtl1-bench.efi"
SECONDS = 240


def lines_of(machine):
    """The bench's own lines, up to its closing one."""
    reader = LineReader(machine.com1)
    found = []
    while not (found and found[-1].startswith("@bench done")):
        line = reader.next_line(SECONDS)
        if line is None:
            return found, False
        text = line.decode(errors="replace").strip()
        if text.startswith(("ok ", "not ok ", "# ", "@bench ", "error: ")):
            found.append(text)
    return found, True


def test_secure_kernel_on_bare_firmware(bench):
    """Boot, secure calls, intercepts, a misbehaving trustlet's every attempt, wiped memory, the vault."""
    disk, logs = BUILD / "test" / "vtl1-bench.img", LOGS / "test" / "vtl1-bench"
    disk.parent.mkdir(parents=True, exist_ok=True)
    diskimage.make(disk, {"EFI/BOOT/BOOTX64.EFI": PROGRAM})
    with Machine(MachineSpec(disk=disk, memory=512, seconds=SECONDS, accel=bench.accel), logs) as machine:
        lines, ended = lines_of(machine)
    disk.unlink()
    if not ended:
        raise Hung(f"the bench did not finish; last: {lines[-1:]}; logs: {shown(logs)}")
    bad = [line for line in lines if not line.startswith(("ok ", "@bench done"))]
    assert not bad and lines[-1].endswith("failed=0"), "\n".join([*bad, lines[-1], f"logs: {shown(logs)}"])
    assert len(lines) > 30, f"only {len(lines) - 1} tests ran"
