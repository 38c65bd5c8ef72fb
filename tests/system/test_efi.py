"""./openvsm efi: a program of the user's in VTL0, and its own VTL1."""

import subprocess

from openvsm_cli.paths import BUILD, ROOT
from openvsm_cli.testing import tcg_only


def efi(*words):
    return subprocess.run([str(ROOT / "openvsm"), "efi", *words, "--memory", "256"], cwd=ROOT, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)


def payload(name):
    return str(BUILD / f"tests/guest/guest-{name}.efi")


@tcg_only
def test_a_program_with_a_vtl1(bench):
    """Its console is shown, and its status is the command's."""
    done = efi(payload("replay-tmk"), "--cpus", "2")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert done.stdout.startswith("@openvsm boot") and "tmk-first-call outcome=ok" in done.stdout, done.stdout[-2000:]


@tcg_only
def test_without_vsm(bench):
    """--vtl1 none and --options reach the machine."""
    done = efi(payload("bring-up"), "--vtl1", "none", "--options", "not-offered")
    assert done.returncode == 0 and "none-partition outcome=ok" in done.stdout, done.stdout[-2000:] + done.stderr[-2000:]


@tcg_only
def test_a_reset_is_told(bench):
    """A VTL1 that ends the machine is no success, and the hypervisor's line says whose it was."""
    done = efi(payload("bring-up"), "--options", "triple-fault")
    assert done.returncode == 1 and "asked for by VTL1 of processor 0" in done.stderr, done.stdout[-2000:] + done.stderr[-2000:]
