"""Which emulator runs a machine."""

from openvsm_cli.bochs import BochsMachine
from openvsm_cli.qemu import Machine

MACHINES = {"qemu": Machine, "bochs": BochsMachine}
BACK_ENDS = {"qemu": "QEMU ({accel}), AMD SVM", "bochs": "Bochs, Intel VMX"}


def machine(spec, logs):
    return MACHINES[spec.emulator](spec, logs)


def named(spec):
    return BACK_ENDS[spec.emulator].format(accel=spec.accel)
