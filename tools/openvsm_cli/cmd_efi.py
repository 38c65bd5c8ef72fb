"""./openvsm efi"""

import sys
import time
from pathlib import Path

from openvsm_cli import artefacts, emulators, esp, machine_options, places, protocol
from openvsm_cli import build as building
from openvsm_cli.errors import UsageError
from openvsm_cli.paths import BUILD, shown
from openvsm_cli.qemu import LineReader
from openvsm_cli.terminal import Phases, note, paint

HELP = "boot an EFI program of yours in VTL0, without our secure kernel; it may bring up a VTL1 of its own; COM1 is shown"
SECONDS = 180
VTL1 = ("by-vtl0", "none")
STARTING = "boot: VTL0: starting"
RESET = "reset: asked for by "


def add_arguments(parser):
    parser.add_argument("program", type=Path, metavar="PROGRAM", help="the EFI program (x86-64)")
    parser.add_argument("--options", default="", metavar="TEXT", help="its load options")
    parser.add_argument("--vtl1", choices=VTL1, default=VTL1[0],
                        help="by-vtl0: VSM is there and VTL1 is the program's to start (default); none: no VSM (docs/configuration.md)")
    machine_options.add(parser, SECONDS, choose_emulator=True)


def make_esp(program, options="", vtl1=VTL1[0]):
    image = esp.standard(("hypervisor",))
    image.files[artefacts.ARTEFACTS["vtl0"].esp] = program
    return image.configure(vtl1__securekernel=vtl1, vtl1__trustlet=None, vtl0__options=options or None)


class Watch:
    """COM1 from the program's start on, until the machine ends or the hypervisor has stopped it."""

    def __init__(self, spec, logs):
        self.spec, self.logs = spec, logs
        self.started = False
        self.status = None      # what a program that speaks our protocol said of itself

    def run(self):
        """-> why it is over, or None: the machine switched itself off."""
        end = time.monotonic() + self.spec.seconds
        with emulators.machine(self.spec, self.logs) as machine:
            reader = LineReader(machine.com1)
            while time.monotonic() < end:
                raw = reader.next_line(1.0)
                if raw is not None:
                    self._line(raw)
                elif reader.closed:
                    return self._ended(machine.log_text("hv"))
                elif protocol.errors_in(machine.log_text("hv")):
                    return protocol.errors_in(machine.log_text("hv"))[-1]
        return f"it did not end within {self.spec.seconds} s"

    def _line(self, raw):
        line = protocol.clean(raw)
        event = protocol.parse(line)
        if self.started or line.startswith("error: "):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
        self.started = self.started or STARTING in line
        if event and event.name == "done" and event.values.get("status", "").isdigit():
            self.status = event.number("status")

    def _ended(self, log):
        resets = [line for line in log.splitlines() if RESET in line]
        if resets:
            return resets[-1]
        return None if self.started else "the program was not started"


def run(options):
    machine_options.check(options)
    if not options.program.is_file():
        raise UsageError(f"{options.program}: no such file")
    phases = Phases()
    building.configure_and_build(phases)
    with phases.phase("image"):
        disk = make_esp(options.program, options.options, options.vtl1).write_disk(places.disk(BUILD / "run"))
    watch = Watch(machine_options.spec(options, disk), places.claim_logs("efi"))
    try:
        with phases.phase("machine"):
            why = watch.run()
    finally:
        disk.unlink()
    note(phases.summary())
    if why is not None:
        note(paint(why, "red", sys.stderr))
        note(f"logs: {shown(watch.logs)}")
        return 1
    return watch.status or 0
