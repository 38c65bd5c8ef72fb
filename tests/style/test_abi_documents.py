"""The documents of the interfaces are complete: what the lists in abi/ and hv/ name is explained; what is named exists."""

import re

import tree

from openvsm_cli.paths import ROOT
from openvsm_cli.testing import each

ABI = ROOT / "abi/include/abi"
PAGES = ("README.md", "abi.md", "architecture.md", "hypervisor.md", "outcomes.md", "threat-model.md")
FOLDERS = "abi|hv|vtl1-securekernel|vtl0-kernel|ium|trustlets|crypto|lib|tests|tools|docs"
WIDTH = 150


def page(name):
    return (ROOT / "docs" / name).read_text()


def rows(path, macro):
    """[(number, name)] of a list of macro calls."""
    found = re.findall(rf"^{macro}\(\s*(0x[0-9A-Fa-f]+|\d+),\s*(\w+)", (ABI / path).read_text(), re.M)
    assert found, f"no {macro} in {path}"
    return found


def table_line(text, number, name):
    """Whether one line of a table holds both, as words; ranges of registers have the first number only."""
    lines = [line for line in text.splitlines() if line.startswith("|") and re.search(rf"\b{name}\b", line)]
    return any(re.search(rf"\b{number}\b", line, re.I) for line in lines)


def in_register_range(text, number, name):
    """RAX to R15 share a row: 0x00020000-0x0002000F."""
    for first, last, line in re.findall(r"^\| (0x\w+)-(0x\w+) \| (.*)$", text, re.M):
        if int(first, 16) <= int(number, 16) <= int(last, 16) and re.search(rf"\b{name}\b", line):
            return True
    return False


def test_hypercalls():
    """Each call of abi/hypercalls.def stands in docs/abi.md with its code."""
    text = page("abi.md")
    missing = [name for number, name in rows("hypercalls.def", "HV_HYPERCALL") if not table_line(text, number, name)]
    assert not missing, missing


def test_registers():
    """Each register of abi/vp_registers.def stands in docs/abi.md with its number."""
    text = page("abi.md")
    missing = [name for number, name in rows("vp_registers.def", "HV_VP_REGISTER")
               if not table_line(text, number, name) and not in_register_range(text, number, name)]
    assert not missing, missing


def test_synthetic_msrs():
    """Each MSR of abi/tlfs.h stands in docs/abi.md with its number."""
    text = page("abi.md")
    found = re.findall(r"^    HV_MSR_(\w+) = (0x\w+),", (ABI / "tlfs.h").read_text(), re.M)
    missing = [name for name, number in found if not re.search(rf"^\|.*{number}.*\b{name}\b", text, re.M)]
    assert len(found) > 10 and not missing, missing


def test_hypercall_statuses():
    """Each status of abi/hypercalls.h stands in docs/abi.md with its value."""
    text = page("abi.md")
    found = re.findall(r"^    HV_STATUS_(\w+) = 0x(\w+),", (ABI / "hypercalls.h").read_text(), re.M)
    missing = [name for name, value in found if not re.search(rf"\b{name}\s+(0x)?{value.lstrip('0') or '0'}\b", text)]
    assert len(found) > 10 and not missing, missing


def test_mutants():
    """Each mutant and each entry of the vendor table stands in docs/hypervisor.md."""
    text = page("hypervisor.md")
    mutants = re.findall(r'^\s+M\(\d+, \w+, "([\w-]+)"\)', (ROOT / "hv/include/hv/mutants.h").read_text(), re.M)
    entries = re.findall(r"\(\*(\w+)\)\(", (ROOT / "hv/include/hv/vendor.h").read_text())
    missing = [name for name in mutants if f"`{name}`" not in text]
    missing += [name for name in entries if not re.search(rf"^\|[^|]*\b{name}\b", text, re.M)]
    assert len(mutants) > 5 and len(entries) > 5 and not missing, missing


def defined_tests():
    """{name of a file without suffix: the text of that test program or suite}"""
    return {path.stem: path.read_text() for path in tree.files()
            if tree.name(path).startswith("tests/") and path.suffix in (".c", ".py")}


@each(name=PAGES)
def test_named_tests_exist(name):
    """`hv-core-x: test_y`, `test_x.py: test_y` and `test_y` in a document are tests of the tree."""
    known = defined_tests()
    wrong = []
    for span in re.findall(r"`([^`\n]+)`", page(name)):
        found = re.fullmatch(r"(?:([\w-]+?)(?:\.py)?: )?(test_\w+?)(\.py)?", span)
        if not found:
            continue
        where, test, suite = found.groups()
        texts = [known.get(where, "")] if where else known.values()
        if not (test in known if suite else any(re.search(rf"\b{test}\(", text) for text in texts)):
            wrong.append(span)
    assert not wrong, f"docs/{name}: {wrong}"


@each(name=PAGES)
def test_named_files_exist(name):
    """A path of the tree between backquotes is one."""
    paths = re.findall(rf"`((?:{FOLDERS})/[\w./-]+)`", page(name))
    wrong = [path for path in paths if not (ROOT / path).exists()]
    assert not wrong, f"docs/{name}: {wrong}"


@each(name=PAGES)
def test_lines_are_legible(name):
    """Tables are read in a terminal too."""
    wide = [number for number, line in enumerate(page(name).splitlines(), 1) if len(line) > WIDTH]
    assert not wide, f"docs/{name}: wider than {WIDTH} columns in lines {wide}"
