"""./openvsm vsm-info"""

import json
import sys

from openvsm_cli import account, esp, machine_options, places, vsm_info
from openvsm_cli import build as building
from openvsm_cli.paths import BUILD, shown
from openvsm_cli.session import Session
from openvsm_cli.terminal import Phases, say

HELP = "boot the machine and say what of virtualization-based security runs on it"
SECONDS = 120


def add_arguments(parser):
    parser.add_argument("--json", action="store_true", help="as one JSON object (docs/vsm-info.md has its members)")
    parser.add_argument("--without-vtl1", action="store_true", help="leave the secure kernel out, to see what is said then")
    machine_options.add(parser, SECONDS, choose_emulator=True)


def ask(options, phases):
    base = esp.without_vtl1() if options.without_vtl1 else esp.standard()
    disk = base.configure(vtl0__options="mode=vsm-info").write_disk(places.disk(BUILD / "vsm-info"))
    try:
        with phases.phase("machine"):
            return Session(machine_options.spec(options, disk), places.claim_logs("vsm-info")).run()
    finally:
        disk.unlink()


def run(options):
    machine_options.check(options)
    phases = Phases()
    building.configure_and_build(phases)
    outcome = ask(options, phases)
    if not outcome.succeeded:
        account.tell_failure(outcome, shown(outcome.logs), sys.stderr)
        return 1
    document = vsm_info.document(outcome)
    if options.json:
        say(json.dumps(document, indent=2))
    else:
        for line in vsm_info.lines(document):
            say(line)
    return 0
