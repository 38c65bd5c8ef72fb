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
    for name, value in enumerators("secure_call.h", "SECURE_STATUS_").items():
        assert f"| `{name}` | {value} |" in CALLS, name
    rows = re.findall(r"^\| `(\w+)` \| \d+ \|", CALLS, re.M)
    assert sorted(rows) == sorted(enumerators("secure_call.h", "SECURE_STATUS_")), rows


def test_every_service_is_explained():
    """The same for the services."""
    rows = (ROOT / "abi/include/abi/secure_calls.def").read_text()
    services = re.findall(r"^SECURE_CALL\((\w+), +(\w+),", rows, re.M)
    assert services
    for number, name in services:
        assert f"| {name} | {int(number, 0)} |" in CALLS, name


def test_every_boot_status_is_explained():
    """docs/secure-kernel.md says when each boot status comes."""
    for name in enumerators("boot_block.h", "VTL1_BOOT_"):
        assert name == "READY" or f"`{name}`" in KERNEL, name
