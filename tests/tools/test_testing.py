"""The test runner itself: what it tries again, what it never does, and what it says at the end."""

import tempfile
import xml.etree.ElementTree as xml
from pathlib import Path

from openvsm_cli.testing import Hung, Skip, discovery, results, scheduler


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


def test_junit():
    """The numbers and the reason arrive in the XML, control characters of a console do not break it."""
    made = [results.Result("s/a", "passed", 1.5), results.Result("s/b", "failed", detail="why\x1b[2J\x00 <here>")]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "junit.xml"
        results.write_junit(path, made)
        suite = xml.parse(path).getroot()[0]
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert "<here>" in suite[1][0].text
