"""Which emulator runs a machine, and which back end of the hypervisor that is."""

from dataclasses import dataclass

from openvsm_cli import kvm
from openvsm_cli.bochs import MODELS, BochsMachine
from openvsm_cli.qemu import Machine

DEFAULT = "qemu"


@dataclass(frozen=True)
class Emulator:
    machine: type
    back_end: str
    threaded: bool      # a thread for each processor
    memory: int         # MiB, unless a test says otherwise
    slower: int         # how much more time than QEMU it is given


QEMU = Emulator(Machine, "QEMU ({accel}), {instructions}", threaded=True, memory=1024, slower=1)
EMULATORS = {
    DEFAULT: QEMU,
    "bochs": Emulator(BochsMachine, f"Bochs ({MODELS['bochs']}), Intel VMX", threaded=False, memory=256, slower=5),
    "bochs-amd": Emulator(BochsMachine, f"Bochs ({MODELS['bochs-amd']}), AMD SVM", threaded=False, memory=256, slower=5),
}
NAMES = tuple(EMULATORS)


def machine(spec, logs):
    return EMULATORS[spec.emulator].machine(spec, logs)


def named(spec):
    return back_end(spec.emulator, spec.accel)


def back_end(emulator, accel="tcg"):
    intel = accel == "kvm" and kvm.nested_vendor() == "intel"
    return EMULATORS[emulator].back_end.format(accel=accel, instructions="Intel VMX" if intel else "AMD SVM")


def is_threaded(emulator):
    return EMULATORS[emulator].threaded
