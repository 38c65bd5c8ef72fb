"""Debian's own kernel, unmodified."""

from openvsm_cli.testing import each

COMMAND = ["sh", "-c", "nproc; cat /proc/cmdline; exit 42"]


def check(outcome, cpus):
    assert outcome.verdict == "ran", f"{outcome.verdict}; logs: {outcome.logs}"
    assert outcome.status == 42, f"exit status {outcome.status}"
    assert outcome.output.split(b"\n")[0] == str(cpus).encode(), outcome.output


@each(cpus=(1,))
def test_bare(bench, cpus):
    """The control: the same kernel, initramfs and command without OpenVSM below."""
    check(bench.linux(COMMAND, cpus=cpus, bare=True), cpus)
