"""How large files and functions may be."""

import re
import statistics

import functions
import tree

from openvsm_cli.testing import Skip

MAX_FILE = 800
MAX_MEDIAN = 20            # the median stays below
MAX_FUNCTION = 60
# Lines of code. What stays when the firmware is gone has the architecture's budget; the loader around it one of its own.
RESIDENT_BUDGET = 12000
BOOT_BUDGET = 4000


def test_no_file_over_800_lines():
    """A file over 800 lines is a defect."""
    long = {tree.name(path): len(tree.lines(path)) for path in tree.sources()}
    long = {name: count for name, count in long.items() if count > MAX_FILE}
    assert not long, f"too long: {long}"


def check_median(found, language):
    if not found:
        raise Skip(f"no {language} function in the tree")
    median = statistics.median(function.length for function in found)
    assert median < MAX_MEDIAN, f"median {language} function has {median} lines"


def test_median_c_function_under_20_lines():
    """Short functions, C."""
    check_median(functions.all_c(), "C")


def test_median_python_function_under_20_lines():
    """Short functions, Python."""
    check_median(functions.all_python(), "Python")


def test_no_function_over_60_lines():
    """No function needs more than a screen."""
    long = [f for f in functions.all_c() + functions.all_python() if f.length > MAX_FUNCTION]
    assert not long, "too long: " + ", ".join(f"{f.file}:{f.line} {f.name} ({f.length} lines)" for f in long)


def code_lines(path):
    """Lines with code: a budget that counted comments would be saved by leaving them out."""
    text = re.sub(r"/\*.*?\*/", lambda match: "\n" * match.group().count("\n"), "\n".join(tree.lines(path)), flags=re.S)
    return sum(bool(line.strip()) for line in text.splitlines())


def count(prefix, without=None):
    names = [path for path in tree.sources() if tree.name(path).startswith(prefix)]
    return sum(code_lines(path) for path in names if without is None or not tree.name(path).startswith(without))


def test_hypervisor_line_budget():
    """The hypervisor stays small enough to read: what is resident, with both vendors, and the boot part."""
    resident, boot = count("hv/", without="hv/boot/"), count("hv/boot/")
    assert 5000 < resident <= RESIDENT_BUDGET, f"the resident hypervisor has {resident} lines of code, its budget is {RESIDENT_BUDGET}"
    assert 1000 < boot <= BOOT_BUDGET, f"hv/boot has {boot} lines of code, its budget is {BOOT_BUDGET}"


def test_the_scanner_sees_functions():
    """A scanner that finds nothing would let everything pass: it must see lib's functions."""
    names = {function.name for function in functions.all_c()}
    assert {"memcpy", "memset"} <= names, "the scanner lost lib/string.c"
