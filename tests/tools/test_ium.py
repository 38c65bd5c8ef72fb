"""What the parts of IUM's user side consist of, by their symbols."""

import re
import subprocess

from openvsm_cli.paths import BUILD, ROOT

IUMDLL = BUILD / "ium/libiumdll.a"
STUB_BYTES = 16  # a move of RCX, the number, SYSCALL, RET: fewer


def symbols(path, *options):
    """[(size, type, name)], sizes in bytes; 0 where there is none."""
    told = subprocess.run(["nm", "--print-size", *options, path], check=True, capture_output=True, text=True).stdout
    rows = re.findall(r"^(?:[0-9a-f]{16})? ?([0-9a-f]{16})? +(\w) (\S+)$", told, re.M)
    return [(int(size or "0", 16), kind, name) for size, kind, name in rows]


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
