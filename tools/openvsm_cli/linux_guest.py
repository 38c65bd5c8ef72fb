"""A stock Linux as VTL0's system (or, 'bare', without any hypervisor below it) running one command."""

import secrets
import time
from dataclasses import dataclass, replace
from pathlib import Path

from openvsm_cli import debian_kernel, esp, initramfs, protocol
from openvsm_cli.emulators import machine as machine_of
from openvsm_cli.qemu import COMPONENTS, LineReader

KERNEL = "EFI/linux/vmlinuz.efi"
INITRD = "EFI/linux/initrd.img"
OPTIONS = "initrd=\\EFI\\linux\\initrd.img console=ttyS0,115200 panic=-1"


@dataclass
class LinuxOutcome:
    verdict: str            # ran | ended | hung | refused
    status: object          # exit status of the command, when it ran
    output: bytes
    seconds: float
    logs: Path
    text: dict


def bare_startup():
    """The firmware's shell starts the kernel: the way without OpenVSM."""
    return f"@echo -off\r\nfs0:\r\n\\EFI\\linux\\vmlinuz.efi {OPTIONS}\r\n".encode()


def make_esp(command, nonce, below="openvsm"):
    """below: what is under Linux: 'openvsm' (with VTL1), 'hypervisor' (no VTL1) or 'firmware' (nothing of ours)."""
    kernel = debian_kernel.obtain()
    image = base_esp(below)
    image.files[KERNEL] = kernel.image
    image.files[INITRD] = initramfs.make(command, nonce)
    return image


def base_esp(below):
    if below == "firmware":
        return esp.ESP({"startup.nsh": bare_startup()})
    program = {"vtl0__program": "\\" + KERNEL.replace("/", "\\"), "vtl0__options": OPTIONS}
    if below == "hypervisor":
        return esp.standard(("hypervisor",)).configure(vtl1__securekernel="none", vtl1__trustlet=None, **program)
    return esp.standard(("hypervisor", "securekernel", "credvault")).configure(**program)


class Guest:
    """Reads COM1 between the two lines that init prints around the command's output."""

    def __init__(self, spec, logs, nonce, on_output=None, on_begin=None, on_console=None, at_end=None):
        self.spec, self.logs, self.nonce = spec, logs, nonce
        self.on_output = on_output or (lambda data: None)
        self.on_begin = on_begin or (lambda machine: None)
        self.on_console = on_console or (lambda line: None)
        self.at_end = at_end     # with the machine's memory still there after it has switched itself off
        self.output = bytearray()
        self.newline = b""       # held back: the last one before the end line is init's, not the command's
        self.status = None
        self.begun = False

    def run(self):
        start = time.monotonic()
        spec = replace(self.spec, extra=(*self.spec.extra, "-no-shutdown")) if self.at_end else self.spec
        with machine_of(spec, self.logs) as machine:
            verdict = self._watch(machine, start)
        text = {component: machine.log_text(component) for component in COMPONENTS}
        return LinuxOutcome(verdict, self.status, bytes(self.output), time.monotonic() - start, self.logs, text)

    def _watch(self, machine, start):
        reader = LineReader(machine.com1)
        heard = time.monotonic()
        while time.monotonic() - start < self.spec.seconds:
            line = reader.next_line(1.0)
            if line is not None:
                heard = time.monotonic()
                self._line(machine, line)
                if self.status is not None:
                    return self._finish(machine)
            elif reader.closed:
                return "ended"
            elif not self.begun and time.monotonic() - heard > 15 and self._refused(machine):
                return "refused"
        return "hung"

    def _finish(self, machine):
        if self.at_end:
            machine.wait_until_stopped(30)
            self.at_end(machine)
        else:
            machine.wait_for_exit(30)
        return "ran"

    def _refused(self, machine):
        return any(protocol.errors_in(machine.log_text(name)) for name in ("hv", "vtl1"))

    def _line(self, machine, raw):
        self.on_console(raw)
        event = protocol.parse(protocol.clean(raw))
        if event and event.name == "linux" and event.values.get("nonce") == self.nonce:
            if "begin" in event.words:
                self.begun = True
                self.on_begin(machine)
            elif "end" in event.words:
                self.status = event.number("status")
        elif self.begun:
            self._keep(raw)

    def _keep(self, raw):
        data = self.newline + raw
        self.newline = b"\n"
        self.output += data
        self.on_output(data)


def new_nonce():
    return secrets.token_hex(8)
