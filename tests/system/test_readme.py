"""The README's commands, run as they stand there."""

import json
import re
import shlex
import subprocess
import tempfile
from pathlib import Path

from openvsm_cli.paths import ROOT
from openvsm_cli.testing import tcg_only


def command(verb):
    """The README's own words for a verb."""
    text = (ROOT / "README.md").read_text()
    found = re.search(rf"(?:^|`)(\./openvsm {verb} [^`\n]+)", text, re.M)
    assert found, f"the README shows no ./openvsm {verb}"
    return shlex.split(found[1])


def run(words):
    return subprocess.run(words, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True)


@tcg_only
def test_run(bench):
    """The first command ends with success, says so, and its report lets a third party check the answers."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "run.json"
        done = run([*command("run"), "--json", str(report)])
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        document = json.loads(report.read_text())
    assert done.stdout.splitlines()[-1].startswith("run succeeded"), done.stdout[-500:]
    assert document["verdict"]["answers_agree"] and document["user"] == "alice" and document["exits"], document
    assert [boot["state"] for boot in document["later_boots"]] == ["open", "old-state"], document["later_boots"]
    assert "correct horse" not in json.dumps(document) + done.stdout
    assert len(document["sha256"]) == 5 and all(len(digest) == 64 for digest in document["sha256"].values()), document["sha256"]


@tcg_only
def test_linux(bench):
    """A stock Linux answers uname -a."""
    done = run(command("linux"))
    assert done.returncode == 0 and done.stdout.startswith("Linux "), done.stdout + done.stderr[-2000:]
    assert done.stdout.count("\n") == 1, done.stdout


@tcg_only
def test_random_credential(bench):
    """Without a password and without a terminal the demo makes one, and says so."""
    done = run(["./openvsm", "run"])
    assert done.returncode == 0 and "random one" in done.stdout, done.stdout[-2000:] + done.stderr[-2000:]
