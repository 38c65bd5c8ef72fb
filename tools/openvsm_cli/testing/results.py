"""What became of each test, as TAP for people and as JUnit XML for machines."""

import xml.etree.ElementTree as xml
from dataclasses import dataclass

from openvsm_cli.terminal import paint

STATES = ("passed", "failed", "skipped")


@dataclass
class Result:
    name: str
    state: str              # passed | failed | skipped
    seconds: float = 0.0
    detail: str = ""        # why it failed or was skipped
    retried: bool = False   # an emulator hung without a verdict the first time
    back_end: str = None    # emulator, and the instruction set its hypervisor used; None where no machine ran


def tap_line(number, result):
    mark = {"passed": paint("ok", "green"), "failed": paint("not ok", "red"), "skipped": paint("ok", "yellow")}[result.state]
    notes = [f"{result.seconds:.1f} s"] + (["tried again after a hang"] if result.retried else [])
    notes += [result.back_end] if result.back_end else []
    skipped = [f"SKIP {result.detail.splitlines()[0]}"] if result.state == "skipped" else []
    directive = " # " + ", ".join(skipped + notes)
    lines = [f"{mark} {number} - {result.name}{directive}"]
    if result.state == "failed":
        lines += ["    # " + line for line in shortened(result.detail.splitlines())]
    return "\n".join(lines)


def shortened(lines, most=40):
    """The first and the last lines of a long story; JUnit has it whole."""
    if len(lines) <= most:
        return lines
    return [*lines[:most // 2], f"... {len(lines) - most} lines ...", *lines[-most // 2:]]


def closing_line(results):
    count = {state: sum(r.state == state for r in results) for state in STATES}
    retried = sum(r.retried for r in results)
    line = f"{count['passed']} passed, {count['failed']} failed"
    line += f", {count['skipped']} skipped" if count["skipped"] else ""
    return line + (f", {retried} tried again after a hang" if retried else "")


def junit(results):
    suites = xml.Element("testsuites")
    for suite in dict.fromkeys(result.name.split("/", 1)[0] for result in results):
        mine = [result for result in results if result.name.split("/", 1)[0] == suite]
        element = xml.SubElement(suites, "testsuite", name=suite, tests=str(len(mine)), errors="0",
                                 failures=str(sum(r.state == "failed" for r in mine)),
                                 skipped=str(sum(r.state == "skipped" for r in mine)), time=f"{sum(r.seconds for r in mine):.1f}")
        for result in mine:
            junit_case(element, suite, result)
    return suites


def printable(text):
    """XML has no way to write a control character."""
    return "".join(c for c in text if c.isprintable() or c in "\n\t")


def junit_case(parent, suite, result):
    case = xml.SubElement(parent, "testcase", classname=suite, name=printable(result.name), time=f"{result.seconds:.3f}")
    if result.back_end:
        properties = xml.SubElement(case, "properties")
        xml.SubElement(properties, "property", name="back end", value=result.back_end)
    detail = printable(result.detail)
    if result.state == "failed":
        xml.SubElement(case, "failure", message=(detail.splitlines() or ["failed"])[0]).text = detail
    elif result.state == "skipped":
        xml.SubElement(case, "skipped", message=detail)


def write_junit(path, results):
    xml.ElementTree(junit(results)).write(path, encoding="utf-8", xml_declaration=True)
