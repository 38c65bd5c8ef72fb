"""The command itself: help, errors in one line, exit statuses."""

import subprocess

from openvsm_cli.__main__ import VERBS
from openvsm_cli.paths import ROOT
from openvsm_cli.testing import each


def openvsm(*arguments):
    return subprocess.run([str(ROOT / "openvsm"), *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL)


@each(verb=VERBS)
def test_help(verb):
    """Every verb explains itself."""
    done = openvsm(verb, "--help")
    assert done.returncode == 0 and f"./openvsm {verb}" in done.stdout, done.stderr


def test_overview_names_every_verb():
    """./openvsm --help lists all of them."""
    done = openvsm("--help")
    assert done.returncode == 0 and all(f"\n  {verb} " in done.stdout for verb in VERBS), done.stdout


def test_unknown_verb():
    """An error of one line, and not success."""
    done = openvsm("rnu")
    assert done.returncode == 2 and done.stderr.count("\n") == 1, done.stderr


@each(arguments=("run --cpus 0", "run --memory 1", "run --accel magic", "linux --bare", "efi", "efi /no/such/file",
                 "efi README.md --vtl1 ours", "test --nothing"))
def test_bad_options(arguments):
    """Refused before anything is built."""
    done = openvsm(*arguments.split())
    assert done.returncode == 2, (done.returncode, done.stderr)


def test_kvm_is_refused_in_one_sentence():
    """Asked for where no module reports nesting, KVM is refused; where one does, this test says so."""
    from openvsm_cli import kvm
    from openvsm_cli.testing import Skip
    if kvm.nested_vendor():
        raise Skip("KVM reports nested virtualization here")
    for verb in ("run", "test", "linux"):
        done = openvsm(verb, "--accel", "kvm", *(("--", "true") if verb == "linux" else ()))
        assert done.returncode == 2 and "nested" in done.stderr and done.stderr.count("\n") == 1, done.stderr


def test_no_test_found_is_a_failure():
    """A pattern that fits nothing does not pass."""
    done = openvsm("test", "no-such-test-anywhere")
    assert done.returncode == 1 and done.stdout.splitlines()[-1] == "0 passed, 0 failed", done.stdout
