"""One emulated machine: its command line, its sockets, its logs, its end.

This is the only place that knows QEMU's options (docs/emulators.md explains them).
"""

import os
import selectors
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from openvsm_cli import kvm
from openvsm_cli.errors import OpenVSMError
from openvsm_cli.qmp import QMP
from openvsm_cli.tpm import SoftwareTPM
from openvsm_cli.tpm_watch import WatchedTPM

FIRMWARE = Path("/usr/share/OVMF/OVMF_CODE_4M.fd")
VARIABLES = Path("/usr/share/OVMF/OVMF_VARS_4M.fd")
QEMU = "qemu-system-x86_64"
KVM_CPU = {"amd": "host,+svm", "intel": "host,+vmx"}
SEND_SECONDS = 10           # for one line of ours to a guest's COM1
COMPONENTS = ("vtl0", "vtl1", "hv")


@dataclass(frozen=True)
class MachineSpec:
    disk: Path
    cpus: int = 1
    memory: int = 1024          # MiB
    accel: str = "tcg"
    extra: tuple = ()           # further QEMU arguments
    seconds: int = 120          # hard limit; 0 = none (a person is at the console)
    emulator: str = "qemu"      # or bochs: see emulators.py
    tpm: Path = None            # state folder of a software TPM 2.0; None: the machine has none
    tpm_interface: str = "tis"  # or crb: how the machine speaks to it
    tpm_watch: object = None    # for tests: sees each command (tpm_watch.py)


def accelerator(spec):
    if spec.accel == "kvm":
        return "q35,accel=kvm,smm=off", KVM_CPU[kvm.nested_vendor()]
    return "q35,accel=tcg,smm=off", "EPYC,+svm,+npt,+umip"


def base_arguments(spec):
    machine, cpu = accelerator(spec)
    return [QEMU, "-machine", machine, "-cpu", cpu, "-m", str(spec.memory), "-smp", str(spec.cpus),
            "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"]


def device_arguments(spec, run, logs):
    """Firmware, disk, COM1 (VTL0, both ways), COM2 (VTL1), port 0xE9 (hypervisor), QMP."""
    return ["-drive", f"if=pflash,format=raw,unit=0,readonly=on,file={FIRMWARE}",
            "-drive", f"if=pflash,format=raw,unit=1,file={run / 'vars.fd'}",
            "-drive", f"if=none,id=esp,format=raw,snapshot=on,file={spec.disk}", "-device", "ide-hd,drive=esp,bootindex=0",
            "-chardev", f"socket,id=com1,path={run / 'com1'}", "-serial", "chardev:com1",
            "-serial", f"file:{logs / 'vtl1.log'}", "-debugcon", f"file:{logs / 'hv.log'}",
            "-chardev", f"socket,id=qmp,path={run / 'qmp'}", "-mon", "chardev=qmp,mode=control"]


class Console:
    """COM1. What comes in is logged here, because QEMU's own log repeats bytes when the socket is full for a moment."""

    def __init__(self, connection, log):
        self.connection = connection
        self.log = open(log, "wb", buffering=0)

    def fileno(self):
        return self.connection.fileno()

    def receive(self):
        """What is there, at least one byte (waits for it); empty when the machine is gone."""
        try:
            data = self.connection.recv(65536)
        except OSError:
            data = b""
        self.log.write(data)
        return data

    def send(self, data):
        """All of it in time, or an OSError: the guest may never read."""
        self.connection.settimeout(SEND_SECONDS)
        try:
            self.connection.sendall(data)
        finally:
            self.connection.settimeout(None)

    def close(self):
        """With what the machine still said at its end."""
        self.connection.settimeout(0)
        while self.receive():
            pass
        self.connection.close()
        self.log.close()


class Machine:
    """A context manager: leaving it ends QEMU and removes sockets and scratch files, whatever happened."""

    def __init__(self, spec, logs):
        self.spec, self.logs = spec, logs
        self.process = self.com1 = self.qmp = self.tpm = self.tpm_watch = None
        self.run = None

    def __enter__(self):
        self.run = Path(tempfile.mkdtemp(prefix="openvsm-"))
        self.logs.mkdir(parents=True, exist_ok=True)
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_):
        self._stop()

    def _start(self):
        for name in COMPONENTS:
            (self.logs / f"{name}.log").write_bytes(b"")
        shutil.copyfile(VARIABLES, self.run / "vars.fd")
        # We listen and QEMU connects, so no byte of a console can come before its reader.
        com1, qmp = self._listen("com1"), self._listen("qmp")
        command = base_arguments(self.spec) + device_arguments(self.spec, self.run, self.logs) + list(self.spec.extra)
        limit = self.spec.seconds and self.spec.seconds + 30
        if self.spec.tpm:
            self.tpm = SoftwareTPM(self.spec.tpm, self.run, self.logs / "swtpm.log", limit)
            if self.spec.tpm_watch:
                self.tpm_watch = WatchedTPM(self.tpm, self.run, lambda *said: self.spec.tpm_watch(self, *said))
            command += (self.tpm_watch or self.tpm).arguments(self.spec.tpm_interface)
        if limit:
            # Holds even if this process is killed.
            command = ["timeout", "--kill-after=5", str(limit), *command]
        with open(self.logs / "qemu.log", "wb") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            start_new_session=True, env={**os.environ, "TMPDIR": str(self.run)})
        self.com1 = Console(self._accept(com1), self.logs / "vtl0.log")
        self.qmp = QMP(self._accept(qmp))

    def _listen(self, name):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.run / name))
        listener.listen(1)
        listener.settimeout(1)
        return listener

    def _accept(self, listener):
        with listener:
            for _ in range(30):
                try:
                    return listener.accept()[0]
                except socket.timeout:
                    if self.process.poll() is not None:
                        break
        raise OpenVSMError("QEMU did not start: " + self._qemu_said())

    def _qemu_said(self):
        lines = [line for line in (self.logs / "qemu.log").read_text(errors="replace").splitlines() if "warning:" not in line]
        return lines[-1] if lines else "it said nothing"

    def _stop(self):
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        for end in (self.com1, self.qmp and self.qmp.connection):
            if end:
                end.close()
        for end in (self.tpm_watch, self.tpm):
            if end:
                end.stop()
        shutil.rmtree(self.run, ignore_errors=True)

    def kill(self):
        """As when the power goes: QEMU has no last word, and the TPM's process stays as it is."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def wait_for_exit(self, seconds):
        try:
            self.process.wait(seconds)
            return True
        except subprocess.TimeoutExpired:
            return False

    def is_stopped(self):
        return self.qmp.command("query-status")["status"] in ("shutdown", "paused")

    def wait_until_stopped(self, seconds):
        """For machines started with -no-shutdown: until the guest has switched off or reset itself."""
        deadline = time.monotonic() + seconds
        while not self.is_stopped():
            if time.monotonic() > deadline:
                raise OpenVSMError(f"the machine did not switch itself off within {seconds} s")
            self.qmp.wait_event(deadline - time.monotonic())

    def read_memory(self, address, size):
        """Guest-physical memory as it is outside every second-level table."""
        target = self.run / "memory"
        self.qmp.command("pmemsave", val=address, size=size, filename=str(target))
        data = target.read_bytes()
        target.unlink()
        if len(data) != size:
            raise OpenVSMError(f"QEMU gave {len(data)} of {size} bytes at {address:#x}")
        return data

    def log_text(self, component):
        path = self.logs / f"{component}.log"
        return path.read_text(errors="replace").replace("\r", "") if path.is_file() else ""


class LineReader:
    """Complete lines from COM1, with a deadline for each wait."""

    def __init__(self, console):
        self.console = console
        self.pending = bytearray()
        self.closed = False
        self.selector = selectors.DefaultSelector()
        self.selector.register(console, selectors.EVENT_READ)

    def _take(self):
        line, _, rest = bytes(self.pending).partition(b"\n")
        self.pending = bytearray(rest)
        return line

    def next_line(self, seconds):
        """-> bytes of a line without its end, or None when nothing complete came in time or nothing is left of a closed
        console. A machine that switches itself off may leave its last line without an end."""
        deadline = time.monotonic() + seconds
        while b"\n" not in self.pending:
            left = deadline - time.monotonic()
            if self.closed:
                return self._take() if self.pending else None
            if left <= 0 or not self.selector.select(left):
                return None
            data = self.console.receive()
            self.closed = not data
            self.pending += data
        return self._take()
