"""./openvsm call"""

import re
import sys
from pathlib import Path

from openvsm_cli import account, esp, machine_options, places
from openvsm_cli import build as building
from openvsm_cli.errors import UsageError
from openvsm_cli.paths import BUILD, shown
from openvsm_cli.session import Session
from openvsm_cli.terminal import Phases, say

HELP = "boot the machine with one trustlet and send it commands from VTL0"
SECONDS = 120
LONGEST = 200                     # characters of all commands together: the kernel's load option has no more room
COMMAND = re.compile(r"[0-9]{1,9}(:([0-9a-f]{2})*)?")
PLACE = "EFI/openvsm/trustlets/called.img"


def add_arguments(parser):
    parser.add_argument("image", metavar="FILE.img", type=Path, help="the signed trustlet")
    parser.add_argument("commands", metavar="COMMAND[:HEX]", nargs="+",
                        help="a command's number and its input's bytes; several go through one session, in order")
    machine_options.add(parser, SECONDS, choose_emulator=True)


def checked(options):
    text = ",".join(options.commands).lower()
    if not options.image.is_file():
        raise UsageError(f"{options.image} is not a file; a build makes NAME.img of each trustlet")
    if len(text) > LONGEST or not all(COMMAND.fullmatch(one) for one in text.split(",")):
        raise UsageError(f"a command is NUMBER or NUMBER:HEX, all of them together at most {LONGEST} characters")
    return text


def boot(options, text, phases):
    image = esp.standard().configure(vtl0__options=f"mode=call call={text}", vtl1__trustlet="\\" + PLACE.replace("/", "\\"))
    image.files[PLACE] = options.image
    disk = image.write_disk(places.disk(BUILD / "call"))
    try:
        with phases.phase("machine"):
            return Session(machine_options.spec(options, disk), places.claim_logs("call")).run()
    finally:
        disk.unlink()


def line(answer):
    values = answer.values
    if values["secure"] != "success":
        return f"command {values['command']}: {values['secure']}"
    return f"command {values['command']}: status {values['status']}, {len(values['data']) // 2} bytes {values['data']}".rstrip()


def run(options):
    machine_options.check(options)
    text = checked(options)
    phases = Phases()
    building.configure_and_build(phases)
    outcome = boot(options, text, phases)
    for answer in outcome.all("answer"):
        say(line(answer))
    if not outcome.succeeded:
        account.tell_failure(outcome, shown(outcome.logs), sys.stderr)
        return 1
    return 0
