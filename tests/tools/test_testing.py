"""The test runner itself: what it tries again, what it never does, and what it says at the end."""

import tempfile
import xml.etree.ElementTree as xml
from pathlib import Path

from openvsm_cli.testing import Hung, Skip, also_on, discovery, each, only_on, results, scheduler


def outcome_of(*answers):
    """A test that does one after the other of answers each time it is called."""
    calls = iter(answers)

    def test():
        answer = next(calls)
        if answer is not None:
            raise answer
    result = scheduler.run_case(discovery.Case("tools/fake/test", test))
    return result.state, result.retried, sum(1 for _ in calls)


def test_a_hang_is_tried_again_once():
    """Passed the second time: passed, and shown as tried again. Hung twice: failed."""
    assert outcome_of(Hung("x"), None) == ("passed", True, 0)
    assert outcome_of(Hung("x"), Hung("x"), None) == ("failed", True, 1)


def test_a_failure_is_never_tried_again():
    """An assertion, any other exception, and a failure after a hang are final."""
    assert outcome_of(AssertionError("x"), None) == ("failed", False, 1)
    assert outcome_of(ValueError("x"), None) == ("failed", False, 1)
    assert outcome_of(Hung("x"), AssertionError("x"), None) == ("failed", True, 1)


def test_a_skip_needs_a_reason():
    """It is counted on its own, with its reason."""
    assert outcome_of(Skip("no such device"))[0] == "skipped"
    result = results.Result("a", "skipped", detail="no such device")
    assert "# SKIP no such device" in results.tap_line(1, result)


def test_closing_line():
    """N passed, N failed, and the rest only where it applies."""
    made = [results.Result("a", "passed"), results.Result("b", "failed", detail="x"), results.Result("c", "skipped", detail="y"),
            results.Result("d", "passed", retried=True)]
    assert results.closing_line(made[:1]) == "1 passed, 0 failed"
    assert results.closing_line(made[:3]) == "1 passed, 1 failed, 1 skipped"
    assert results.closing_line(made) == "2 passed, 1 failed, 1 skipped, 1 tried again after a hang"


def both(bench, cpus):
    """A stand-in for a machine test."""


def test_one_case_for_each_emulator():
    """also_on adds cases with their own parameters, only_on replaces the default; Bochs needs one core however many it emulates."""
    marked = also_on("bochs", cpus=(1,))(each(cpus=(1, 2))(both))
    cases = list(discovery.cases_of_function("system/x/y", marked))
    assert [case.name for case in cases] == ["system/x/y[cpus=1]", "system/x/y[cpus=2]", "system/x/y[emulator=bochs,cpus=1]"]
    assert [case.emulator for case in cases] == ["qemu", "qemu", "bochs"]
    assert [case.processors for case in cases] == [1, 2, 1]

    def alone(bench):
        """A stand-in."""
    only = list(discovery.cases_of_function("system/x/z", only_on("bochs")(alone)))
    assert [(case.name, case.emulator) for case in only] == [("system/x/z[emulator=bochs]", "bochs")]
    kvm = discovery.for_kvm(cases + only, "Intel VMX")
    assert [(case.name, case.emulator) for case in kvm] == [(cases[0].name, "qemu"), (cases[1].name, "qemu"), (only[0].name, "qemu")]
    assert only[0] not in kvm and len(discovery.for_kvm(only, "AMD SVM")) == 0


def test_the_back_end_is_named():
    """In the line for people and in the XML, and only where a machine ran."""
    ran = results.Result("system/a", "passed", back_end="Bochs (x), Intel VMX")
    assert results.tap_line(1, ran).endswith("# 0.0 s, Bochs (x), Intel VMX")
    assert results.tap_line(2, results.Result("tools/b", "passed")).endswith("# 0.0 s")
    found = [element.get("value") for element in results.junit([ran]).iter("property")]
    assert found == ["Bochs (x), Intel VMX"], found


def test_junit():
    """The numbers and the reason arrive in the XML, control characters of a console do not break it."""
    made = [results.Result("s/a", "passed", 1.5), results.Result("s/b", "failed", detail="why\x1b[2J\x00 <here>")]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "junit.xml"
        results.write_junit(path, made)
        suite = xml.parse(path).getroot()[0]
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert "<here>" in suite[1][0].text
