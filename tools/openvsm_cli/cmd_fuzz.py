"""./openvsm fuzz"""

import secrets
import sys

from openvsm_cli import account, esp, host_fuzz, image_variants, machine_options, places
from openvsm_cli import build as building
from openvsm_cli.errors import UsageError
from openvsm_cli.paths import BUILD, shown
from openvsm_cli.session import Session
from openvsm_cli.terminal import Phases, note, paint, say

HELP = "hypercalls, system calls or signed images by chance on the machine, or the decoders under libFuzzer on this one"
SECONDS = 3600


def number(text):
    return int(text, 0)


def add_arguments(parser):
    group = parser.add_argument_group("on the machine")
    group.add_argument("--vtl", type=int, choices=(0, 1), help="hypercalls, and who calls")
    group.add_argument("--syscalls", action="store_true", help="system calls of trustlets in VTL1 instead")
    group.add_argument("--images", action="store_true", help=f"signed images that were changed by chance, {image_variants.MOST} at most")
    group.add_argument("--calls", type=number, default=10_000_000, metavar="N", help="how many (default 10000000)")
    group.add_argument("--seed", type=number, metavar="N", help="a run to be repeated (default: a new one, which is printed)")
    group = parser.add_argument_group("on this machine, under ASan and UBSan")
    group.add_argument("--host", choices=host_fuzz.TARGETS, help="this target instead of a machine")
    group.add_argument("--runs", type=number, default=1_000_000, metavar="N", help="inputs to try (default 1000000)")
    machine_options.add(parser, SECONDS, choose_emulator=True)


def closing_line(outcome):
    lines = [line.strip() for line in outcome.text["vtl0"].splitlines() if line.startswith("fuzz: ")]
    return lines[-1] if lines else "fuzz: the payload did not start"


def payload(options):
    """What the machine starts, and what that is in words."""
    if options.images:
        seed = secrets.randbits(48) if options.seed is None else options.seed
        return image_variants.machine(min(options.calls, image_variants.MOST), seed), f"seed {seed:#x}, signed images"
    if options.syscalls:
        seed = 1 + secrets.randbelow(2**32 - 1) if options.seed is None else options.seed    # as large as VTL0's kernel takes
        image = esp.standard().configure(vtl0__options=f"mode=fuzz-syscalls calls={options.calls} seed={seed}")
        return image, f"seed {seed:#x}, {options.calls} system calls"
    seed = secrets.randbits(48) if options.seed is None else options.seed
    image = esp.guest_payload("fuzz", vtl0__options=f"vtl={options.vtl} calls={options.calls} seed={seed:#x}")
    return image, f"seed {seed:#x}, {options.calls} calls from VTL{options.vtl}"


def machine(options, phases):
    image, words = payload(options)
    disk = image.write_disk(places.disk(BUILD / "fuzz-run"))
    note(words)
    try:
        with phases.phase("machine"):
            outcome = Session(machine_options.spec(options, disk), places.claim_logs("fuzz")).run()
    finally:
        disk.unlink()
    if not outcome.succeeded:
        for event in outcome.all("test"):
            if event.values["outcome"] != "ok":
                say(paint(f"failed: {event.values['id']}: {event.values['detail']}", "red"))
        account.tell_failure(outcome, shown(outcome.logs), sys.stderr)
    say(paint(closing_line(outcome), "green" if outcome.succeeded else "red"))
    return 0 if outcome.succeeded else 1


def run(options):
    machine_options.check(options)
    if (options.vtl is not None) + options.syscalls + options.images + (options.host is not None) != 1:
        raise UsageError("one of --vtl 0, --vtl 1, --syscalls, --images and --host TARGET")
    phases = Phases()
    if options.host is not None:
        with phases.phase("build"):
            host_fuzz.build()
        return host_fuzz.run(options.host, options.runs, options.seed)
    building.configure_and_build(phases)
    return machine(options, phases)
