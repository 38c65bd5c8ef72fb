"""What the parts of IUM's user side consist of, by their symbols."""

import re
import subprocess

from openvsm_cli.paths import BUILD, ROOT
from openvsm_cli.testing import each

IUMDLL = BUILD / "ium/libiumdll.a"
STUB_BYTES = 16  # a move of RCX, the number, SYSCALL, RET: fewer


def symbols(path, *options):
    """[(size, type, name)], sizes in bytes; 0 where there is none."""
    told = subprocess.run(["nm", "--print-size", *options, path], check=True, capture_output=True, text=True).stdout
    rows = re.findall(r"^(?:[0-9a-f]{16})? ?([0-9a-f]{16})? +(\w) (\S+)$", told, re.M)
    return [(int(size or "0", 16), kind, name) for size, kind, name in rows]


LOADER = BUILD / "ium/ium-loader.elf"
# A program of the build: at least so many of its functions look for their canary.
CHECKED = {"ium/ium-loader": 1, "vtl1-securekernel/securekernel": 20, "trustlets/credvault/credvault": 20}


@each(program=tuple(CHECKED))
def test_frames_are_protected(program):
    """VTL1's programs are compiled with the stack protector, ring 0, the IUM loader and trustlets alike."""
    path = BUILD / f"{program}.elf"
    code = subprocess.run(["objdump", "-d", "--no-show-raw-insn", path], check=True, capture_output=True, text=True).stdout
    checks = re.findall(r"\scall\s+[0-9a-f]+ <__stack_chk_fail>", code)
    assert len(checks) >= CHECKED[program], len(checks)
    assert "__stack_chk_guard" in {name for _, _, name in symbols(path)}


def test_the_loader_s_canary_is_where_the_kernel_writes_it():
    """abi/ium.h: the first eight bytes of the loader's constants, zero in the file; nothing of the loader is writable."""
    told = subprocess.run(["nm", LOADER], check=True, capture_output=True, text=True).stdout
    address = int(re.search(r"^([0-9a-f]+) . __stack_chk_guard$", told, re.M)[1], 16)
    listed = subprocess.run(["objdump", "-h", LOADER], check=True, capture_output=True, text=True).stdout
    start = int(re.search(r" \.rodata +[0-9a-f]+ +([0-9a-f]+)", listed)[1], 16)
    assert address == start, (hex(address), hex(start))
    raw = (BUILD / "vtl1-securekernel/ium-loader.rodata").read_bytes()
    assert raw[:8] == bytes(8) and len(raw) > 8


def test_iumdll_is_stubs_and_nothing_else():
    """One small function for each system call of the list, no other symbol, no data, and nothing from elsewhere."""
    text = (ROOT / "abi/include/abi/ium_syscalls.def").read_text()
    wanted = {f"ium_{handler}" for handler in re.findall(r"^IUM_SYSCALL\(\d+, +\w+, +(\w+),", text, re.M)}
    found = symbols(IUMDLL)
    assert len(wanted) > 10 and {name for _, _, name in found} == wanted and len(found) == len(wanted), found
    assert all(kind == "T" and 0 < size < STUB_BYTES for size, kind, _ in found), found
    sections = subprocess.run(["objdump", "-h", IUMDLL], check=True, capture_output=True, text=True).stdout
    filled = {name for name, size in re.findall(r"^ +\d+ (\.\S+) +([0-9a-f]{8}) ", sections, re.M) if int(size, 16)}
    assert ".text" in filled and not {name for name in filled if re.match(r"\.(data|bss|rodata|init|fini)", name)}, filled


def test_each_stub_makes_its_call():
    """The stubs' instructions: the number of the list, one SYSCALL, RET."""
    rows = re.findall(r"^IUM_SYSCALL\((\d+), +\w+, +(\w+),", (ROOT / "abi/include/abi/ium_syscalls.def").read_text(), re.M)
    told = subprocess.run(["objdump", "-d", "--no-show-raw-insn", IUMDLL], check=True, capture_output=True, text=True).stdout
    stubs = dict(re.findall(r"<ium_(\w+)>:\n((?:.+\n?)+)", told))
    assert set(stubs) == {handler for _, handler in rows}
    for number, handler in rows:
        words = [" ".join(line.split()[1:]) for line in stubs[handler].splitlines() if line.strip()]
        assert words == ["mov %rcx,%r10", f"mov ${int(number):#x},%eax", "syscall", "ret"], (handler, words)
