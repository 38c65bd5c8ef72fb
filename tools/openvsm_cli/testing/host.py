"""The unit tests that ctest knows."""

import json
import re
import subprocess
import xml.etree.ElementTree as xml

from openvsm_cli.errors import OpenVSMError
from openvsm_cli.paths import BUILD
from openvsm_cli.testing.results import Result


def names():
    done = subprocess.run(["ctest", "--test-dir", str(BUILD), "--show-only=json-v1"], capture_output=True, text=True)
    if done.returncode:
        raise OpenVSMError("ctest cannot list the tests: " + done.stderr.strip())
    return [test["name"] for test in json.loads(done.stdout)["tests"]]


def run(wanted):
    if not wanted:
        return []
    report = BUILD / "Testing" / "openvsm-junit.xml"
    report.unlink(missing_ok=True)
    pattern = "^(" + "|".join(re.escape(name) for name in wanted) + ")$"
    subprocess.run(["ctest", "--test-dir", str(BUILD), "-R", pattern, "--output-junit", str(report), "-j2", "--timeout", "300"],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    found = {result.name: result for result in read(report)} if report.is_file() else {}
    return [found.get(name) or Result(name, "failed", detail="ctest did not report this test") for name in wanted]


def read(report):
    for case in xml.parse(report).getroot().iter("testcase"):
        status = case.get("status", "")
        output = case.findtext("system-out") or ""
        state = {"run": "passed", "disabled": "skipped", "notrun": "failed"}.get(status, "failed")
        if case.find("skipped") is not None and status != "notrun":
            state = "skipped"
        detail = "" if state == "passed" else tail(output) or status
        yield Result(case.get("name"), state, float(case.get("time") or 0), detail)


def tail(output, count=40):
    return "\n".join(output.strip().splitlines()[-count:])
