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


def test_every_normal_call_is_in_the_kernels_list():
    """The number of services that docs/secure-calls.md tells of is that of the list."""
    services = re.findall(r"^NORMAL_CALL\(\d+, +(\w+),", (ROOT / "abi/include/abi/normal_calls.def").read_text(), re.M)
    assert services and all(f"`{name}`" in CALLS for name in services), services


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
