"""VTL1's memory as QEMU holds it, outside every second-level table: what must not change has not changed."""

import re
import struct

from openvsm_cli.paths import BUILD
from openvsm_cli.signing import HEADERS

IMAGE = BUILD / "vtl1-securekernel/securekernel.img"
KERNEL_BASE = 0xFFFFFFFF80000000
CANARY = b"".join(struct.pack("<Q", 0x4F56534D43414E41 + n) for n in range(512))
WRITABLE = 2


def logged(machine, what):
    """The numbers of a line of VTL1's log: canary page gpa=..., constant pages gpa=... size=..."""
    line = re.search(rf"vtl1: {what} (.*)", machine.log_text("vtl1"))
    assert line, f"VTL1 did not log its {what}"
    return {name: int(value, 16) for name, value in re.findall(r"(\w+)=(0x[0-9a-f]+)", line[1])}


def constant_segments():
    """[(offset in the image, bytes)] of what the signed ELF file says is never written."""
    elf = IMAGE.read_bytes()[HEADERS:]
    table, = struct.unpack_from("<Q", elf, 32)
    size, count = struct.unpack_from("<HH", elf, 54)
    for index in range(count):
        kind, flags, offset, address, _, in_file = struct.unpack_from("<IIQQQQ", elf, table + index * size)
        if kind == 1 and not flags & WRITABLE:
            yield address - KERNEL_BASE, elf[offset:offset + in_file]


def differences(machine):
    canary = machine.read_memory(logged(machine, "canary page")["gpa"], 4096)
    place = logged(machine, "constant pages")
    memory = machine.read_memory(place["gpa"], place["size"])
    found = [] if canary == CANARY else ["the canary page"]
    segments = list(constant_segments())
    assert sum(len(data) for _, data in segments) > 65536
    return found + [f"the image at {offset:#x}" for offset, data in segments if memory[offset:offset + len(data)] != data]


def test_attacks_change_nothing(bench):
    """After all attacks of VTL0's kernel: canary and the secure kernel's code and constants, byte for byte."""
    found = {}

    def at_event(machine, event):
        if event.name == "boot":
            found["before"] = differences(machine)

    outcome = bench.boot(bench.esp(vtl0__options="mode=attack"), seconds=300, on_event=at_event,
                         at_end=lambda machine: found.update(after=differences(machine)))
    assert outcome.all("attack"), bench.story(outcome)
    assert found == {"before": [], "after": []}, found
