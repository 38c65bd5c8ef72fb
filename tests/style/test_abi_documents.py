"""The documents of the interfaces are complete: what the lists in abi/ and hv/ name is explained; what is named exists."""

import re
import sys

import tree

from openvsm_cli import mutants
from openvsm_cli.paths import ROOT
from openvsm_cli.testing import each

sys.path.insert(0, str(ROOT / "abi/generator"))
import documents  # noqa: E402
import vsm_list  # noqa: E402

PAGES = ("README.md", "abi.md", "architecture.md", "hypervisor.md", "outcomes.md", "threat-model.md")
FOLDERS = "abi|hv|vtl1-securekernel|vtl0-kernel|ium|trustlets|crypto|lib|tests|tools|docs"
WIDTH = 150


def page(name):
    return (ROOT / "docs" / name).read_text()


def test_tables_are_the_list():
    """The tables of docs/abi.md are what abi/generator makes of abi/vsm.list."""
    text = page("abi.md")
    assert documents.fill(text, vsm_list.read()) == text, "run: python3 abi/generator documents"


def test_every_table_is_there():
    """Each part of the list has its table in docs/abi.md, and each call its statuses, but where another call's are meant."""
    wanted = {("msrs", ""), ("registers", ""), ("hypercalls", ""), ("layouts", ""), ("statuses", "")}
    wanted |= {("statuses-of", call.name) for call in vsm_list.read().hypercalls
               if call.statuses and not (call.statuses[0][1].startswith("as ") and call.statuses[0][1].count(" ") == 1)}
    found = {(kind, name or "") for _, kind, name, *_ in documents.MARK.findall(page("abi.md"))}
    assert found == wanted, found ^ wanted


def test_mutants():
    """Each mutant stands in its table, and each entry of the vendor table in docs/hypervisor.md."""
    text = page("hypervisor.md")
    missing = []
    for some in mutants.LISTS:
        table = text if some.path == "hv/include/hv/mutants.h" else (ROOT / "tests/mutants/README.md").read_text(encoding="utf-8")
        missing += [name for name in some.names if f"| `{name}` |" not in table]
    entries = re.findall(r"\(\*(\w+)\)\(", (ROOT / "hv/include/hv/vendor.h").read_text())
    missing += [name for name in entries if not re.search(rf"^\|[^|]*\b{name}\b", text, re.M)]
    assert len(mutants.known()) > 40 and len(entries) > 5 and not missing, missing


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
