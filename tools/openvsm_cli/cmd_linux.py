"""./openvsm linux"""

import argparse
import sys

from openvsm_cli import build as building
from openvsm_cli import debian_kernel, initramfs, linux_guest, machine_options, places
from openvsm_cli.errors import UsageError
from openvsm_cli.paths import LINUX, shown
from openvsm_cli.session import last_words
from openvsm_cli.terminal import Phases, note, paint

HELP = "boot Debian's own unmodified kernel as VTL0's system and run one command in it; its exit status is ours"
SECONDS = 180
FAILED = 125        # what env(1) and others use for "we failed, not the command"


def add_arguments(parser):
    parser.usage = "./openvsm linux [--cpus N] [--memory MiB] [--bare] [...] -- COMMAND [ARGUMENT ...]"
    parser.set_defaults(below="openvsm")
    parser.add_argument("--bare", dest="below", action="store_const", const="firmware",
                        help="without hypervisor: the same kernel under the firmware alone")
    parser.add_argument("--no-vtl1", dest="below", action="store_const", const="hypervisor",
                        help="under the hypervisor alone, without a secure kernel")
    parser.add_argument("--console", action="store_true", help="show the whole console, not the command's output only")
    parser.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND", help="run in a busybox user space as root")
    machine_options.add(parser, SECONDS, choose_emulator=True)


def command_of(options):
    words = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not words:
        raise UsageError("no command: ./openvsm linux -- uname -a")
    return words


def write_output(data):
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def write_line(raw):
    write_output(raw + b"\n")


def explain(outcome):
    reasons = {"ended": "the machine ended before the command did", "refused": "a component refused to go on",
               "hung": f"the command did not end within {outcome.seconds:.0f} s"}
    for line in [reasons[outcome.verdict], *last_words(outcome), f"logs: {shown(outcome.logs)}"]:
        note(paint(line, "red", sys.stderr))


def run(options):
    machine_options.check(options)
    command = command_of(options)
    initramfs.busybox_path()
    phases = Phases()
    if options.below != "firmware":
        building.configure_and_build(phases)
    with phases.phase("kernel"):
        kernel = debian_kernel.obtain()
    nonce = linux_guest.new_nonce()
    with phases.phase("image"):
        image = linux_guest.make_esp(command, nonce, options.below)
        disk = image.write_disk(places.disk(LINUX))
    note(f"{kernel.package} {kernel.version}, SHA-256 {kernel.sha256()}")
    try:
        with phases.phase("machine"):
            shown_how = {"on_console": write_line} if options.console else {"on_output": write_output}
            guest = linux_guest.Guest(machine_options.spec(options, disk), places.claim_logs("linux"), nonce, **shown_how)
            outcome = guest.run()
    finally:
        disk.unlink()
    note(phases.summary())
    if outcome.verdict != "ran":
        explain(outcome)
        return FAILED
    return outcome.status
