"""The pages about VTL1 name everything their contracts define, with the right numbers."""

import re

from openvsm_cli.paths import ROOT

CALLS = (ROOT / "docs/secure-calls.md").read_text()
KERNEL = (ROOT / "docs/secure-kernel.md").read_text()


def enumerators(header, prefix):
    text = (ROOT / "abi/include/abi" / header).read_text()
    found = {name: int(value, 0) for name, value in re.findall(rf"{prefix}(\w+) = (\w+),", text)}
    assert len(found) > 3, f"{header}: no {prefix}..."
    return found


def test_every_secure_status_is_explained():
    """docs/secure-calls.md has one row for each status, and its value."""
    listed = re.findall(r"^SECURE_STATUS\((\d+), +(\w+),", (ROOT / "abi/include/abi/secure_statuses.def").read_text(), re.M)
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \|", CALLS, re.M)
    assert listed and sorted(rows) == sorted((name, value) for value, name in listed), rows


def test_every_service_is_explained():
    """The same for the services."""
    rows = (ROOT / "abi/include/abi/secure_calls.def").read_text()
    services = re.findall(r"^SECURE_CALL\((\w+), +(\w+),", rows, re.M)
    assert services
    for number, name in services:
        assert f"| {name} | {int(number, 0)} |" in CALLS, name


ABI = ROOT / "abi/include/abi"
SYSCALLS = re.findall(r"^IUM_SYSCALL\((\d+), +(\w+), +\w+, +(\w+)\)", (ABI / "ium_syscalls.def").read_text(), re.M)
NORMAL_CALLS = re.findall(r"^NORMAL_CALL\((\d+), +(\w+), +(\w+), +(\w+), +(\w+)\)", (ABI / "normal_calls.def").read_text(), re.M)


def test_every_normal_call_is_explained():
    """docs/secure-calls.md has one row for each normal call, with its number and sizes, and no other row."""
    largest = re.search(r"NORMAL_CALL_DATA_SIZE (\d+)u", (ABI / "normal_call.h").read_text())[1]
    rows = re.findall(r"^\| ([A-Z_]+) \| (\d+) \| [^|]*?(\d+)(?: to (\d+))? \| (\d+)[^|]*\|$", CALLS, re.M)
    listed = [tuple(word.replace("NORMAL_CALL_DATA_SIZE", largest) for word in row) for row in NORMAL_CALLS]
    assert listed == [(number, name, least, most or least, reply) for name, number, least, most, reply in rows], rows


def test_every_system_call_is_explained():
    """docs/secure-kernel.md has one row for each IUM system call, in order, with its number and table."""
    rows = re.findall(r"^\| (\w+) \| (\d+) \| (loader|trustlet|both) \| [^|]+ \| [^|]+ \|$", KERNEL, re.M)
    assert SYSCALLS and [(name, number, callers.lower()) for number, name, callers in SYSCALLS] == rows, rows


def test_the_counts_of_calls():
    """How many calls each list has."""
    services = re.findall(r"^SECURE_CALL\(", (ABI / "secure_calls.def").read_text(), re.M)
    loader, trustlet = ([row for row in SYSCALLS if row[2] in (table, "BOTH")] for table in ("LOADER", "TRUSTLET"))
    rows = re.findall(r"^\| [^|]+ \| `(\w+)\.def` \| (\d+) \|$", KERNEL, re.M)
    counts = [len(services), len(loader), len(trustlet), len(NORMAL_CALLS)]
    assert [int(count) for _, count in rows] == counts, (rows, counts)
    assert [name for name, _ in rows] == ["secure_calls", "ium_syscalls", "ium_syscalls", "normal_calls"], rows


def test_every_boot_status_is_explained():
    """docs/secure-kernel.md says when each boot status comes."""
    for name in enumerators("boot_block.h", "VTL1_BOOT_"):
        assert name == "READY" or f"`{name}`" in KERNEL, name


TRUSTLETS = (ROOT / "docs/trustlets.md").read_text()
IUMBASE = ROOT / "ium/iumbase/include/ium"


def test_what_iumbase_answers_is_explained():
    """docs/trustlets.md has one row for each status and each exit reason, and its value."""
    for header, prefix in (("trustlet.h", "TRUSTLET_"), ("exit.h", "IUM_EXIT_")):
        found = re.findall(rf"^    ({prefix}\w+) = (\d+),", (IUMBASE / header).read_text(), re.M)
        assert len(found) > 3, header
        missing = [name for name, value in found
                   if f"| `{name}` | {value} |" not in TRUSTLETS and f"`{name}`, {value}" not in TRUSTLETS]
        assert not missing, missing


def test_every_header_of_iumbase_is_listed():
    """The table of docs/trustlets.md has them all, but for what only the compiler's code needs."""
    headers = {path.name for path in IUMBASE.glob("*.h")} - {"guard.h"}
    assert headers and all(f"`ium/{name}`" in TRUSTLETS for name in headers), headers
