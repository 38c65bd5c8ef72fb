"""Options that every verb with a machine has."""

import shlex

from openvsm_cli import emulators, kvm, tpm
from openvsm_cli.errors import UsageError
from openvsm_cli.paths import BUILD
from openvsm_cli.qemu import MachineSpec

MAX_CPUS = 16
MEMORY = (256, 16384)


KEPT_TPM = BUILD / "tpm"


def add(parser, seconds, choose_emulator=False, tpm="QEMU: a software TPM 2.0, which keeps its state in build/tpm"):
    """seconds: the verb's hard limit; 0 where a person decides when it is over. tpm: --tpm's help; None for a verb without it."""
    group = parser.add_argument_group("machine")
    group.add_argument("--cpus", type=int, default=1, metavar="N", help="processors (default 1)")
    group.add_argument("--memory", type=int, default=1024, metavar="MiB", help="memory in MiB (default 1024)")
    group.add_argument("--accel", choices=("tcg", "kvm"), default="tcg",
                       help="kvm only where the kernel module reports nested virtualization (default: tcg, the emulator)")
    group.add_argument("--qemu-args", default="", metavar="'ARGS'", help="further arguments for QEMU, in one word")
    if tpm:
        group.add_argument("--tpm", action="store_true", help=tpm)
    if choose_emulator:
        group.add_argument("--emulator", choices=emulators.NAMES, default=emulators.DEFAULT,
                           help="bochs: the Intel back end; bochs-amd: the AMD back end on a second emulator; both slower (default: qemu)")
    if seconds:
        group.add_argument("--timeout", type=int, default=seconds, metavar="S", help=f"hard limit in seconds (default {seconds})")


def has_tpm(options):
    return getattr(options, "tpm", False)


def spec(options, disk, seconds=None):
    check(options)
    return unchecked_spec(options, disk, seconds)


def unchecked_spec(options, disk, seconds=None):
    emulator = getattr(options, "emulator", emulators.DEFAULT)
    return MachineSpec(disk=disk, emulator=emulator, cpus=options.cpus, memory=options.memory, accel=options.accel,
                       tpm=KEPT_TPM if has_tpm(options) else None,
                       extra=tuple(shlex.split(options.qemu_args)), seconds=getattr(options, "timeout", 0) if seconds is None else seconds)


def check(options):
    if not 1 <= options.cpus <= MAX_CPUS:
        raise UsageError(f"--cpus {options.cpus}: from 1 to {MAX_CPUS}")
    if not MEMORY[0] <= options.memory <= MEMORY[1]:
        raise UsageError(f"--memory {options.memory}: from {MEMORY[0]} to {MEMORY[1]} MiB")
    if getattr(options, "timeout", 1) < 1:
        raise UsageError("--timeout: at least one second")
    try:
        shlex.split(options.qemu_args)
    except ValueError as error:
        raise UsageError(f"--qemu-args: {error}") from None
    if has_tpm(options):
        tpm.require()
    if options.accel == "kvm":
        kvm.require_nested()
    emulators.check(unchecked_spec(options, disk=None))
