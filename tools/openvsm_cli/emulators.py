"""Which emulator runs a machine, and which back end of the hypervisor that is."""

from dataclasses import dataclass

from openvsm_cli import bochs, kvm
from openvsm_cli.bochs import BochsMachine
from openvsm_cli.qemu import Machine

DEFAULT = "qemu"


@dataclass(frozen=True)
class Emulator:
    machine: type
    check: object       # of a MachineSpec: raises what a user can mend
    title: str
    instructions: str   # the processor's, and so the hypervisor's back end
    threaded: bool      # a thread for each processor
    memory: int         # MiB, unless a test says otherwise
    slower: int         # how much more time than QEMU it is given


def on_bochs(name, instructions):
    return Emulator(BochsMachine, bochs.check, f"Bochs ({bochs.MODELS[name]})", instructions, threaded=False, memory=256, slower=3)


EMULATORS = {
    DEFAULT: Emulator(Machine, lambda spec: None, "QEMU ({accel})", "AMD SVM", threaded=True, memory=1024, slower=1),
    "bochs": on_bochs("bochs", "Intel VMX"),
    "bochs-amd": on_bochs("bochs-amd", "AMD SVM"),
}
NAMES = tuple(EMULATORS)


def machine(spec, logs):
    return EMULATORS[spec.emulator].machine(spec, logs)


def named(spec):
    return f"{title(spec.emulator, spec.accel)}, {instructions(spec.emulator, spec.accel)}"


def title(emulator, accel="tcg"):
    return EMULATORS[emulator].title.format(accel=accel)


def instructions(emulator, accel="tcg"):
    """What the hypervisor must say of itself there."""
    if accel == "kvm":
        return kvm.INSTRUCTIONS[kvm.nested_vendor()]
    return EMULATORS[emulator].instructions


def check(spec):
    EMULATORS[spec.emulator].check(spec)


def is_threaded(emulator):
    return EMULATORS[emulator].threaded
