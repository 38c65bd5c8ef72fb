"""One machine in Bochs, the emulator that has Intel VMX with EPT and an SVM stricter than QEMU's; the counterpart of qemu.py.

Bochs has no ACPI for the firmware, so nothing switches itself off: a machine whose verdict is in is ended from here.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

from openvsm_cli.errors import MissingError, OpenVSMError, UsageError
from openvsm_cli.qemu import COMPONENTS, Console

BOCHS = "bochs-bin"
MODELS = {                      # by the name of the emulator
    "bochs": "corei7_icelake_u",    # VMX, EPT with 1 GiB pages, VPID, unrestricted guest
    "bochs-amd": "ryzen",           # SVM with nested paging, next-RIP save, decode assists
}
FIRMWARE = Path("/usr/share/ovmf/OVMF.fd")
VIDEO = (Path("/usr/share/bochs/VGABIOS-lgpl-latest"), Path("/usr/share/seabios/vgabios-stdvga.bin"))
MAX_MEMORY = 2048               # MiB
MAX_CPUS = 4

CONFIGURATION = """\
plugin_ctrl: unmapped=1, biosdev=1, serial=1, iodebug=1, extfpuirq=1, speaker=0, parallel=0, gameport=0
sound: driver=dummy
config_interface: textconfig
display_library: rfb, options="timeout=0,hideIPS"
memory: guest={memory}, host={memory}
romimage: file={firmware}
vgaromimage: file={video}
boot: disk
cpu: model={model}, count={cpus}, ips=10000000, reset_on_triple_fault=0, ignore_bad_msrs=1
pci: enabled=1, chipset=i440fx
clock: sync=none, time0=946681200, rtc_sync=0
ata0-master: type=disk, path={disk}, mode=flat
com1: enabled=1, mode=socket-client, dev=127.0.0.1:{port}
com2: enabled=1, mode=file, dev={vtl1}
port_e9_hack: enabled=1
log: {log}
info: action=ignore
error: action=ignore
panic: action=fatal
"""


def check(spec):
    """What does not depend on a build, so that it is said before one."""
    if shutil.which(BOCHS) is None:
        raise MissingError("Bochs is not installed: package bochs")
    if not FIRMWARE.is_file() or not any(path.exists() for path in VIDEO):
        raise MissingError("Bochs needs the packages ovmf and seabios")
    if spec.memory > MAX_MEMORY:
        raise UsageError(f"--memory {spec.memory}: Bochs has at most {MAX_MEMORY} MiB")
    if spec.cpus > MAX_CPUS:
        raise UsageError(f"--cpus {spec.cpus}: with Bochs at most {MAX_CPUS}")
    if spec.tpm:
        raise UsageError("--tpm: Bochs has no TPM")
    if spec.extra or spec.accel != "tcg":
        raise UsageError("--accel and --qemu-args are QEMU's, not Bochs'")


class BochsMachine:
    """A context manager like qemu.Machine, without QMP: nobody looks into the machine from outside."""

    qmp = None

    def __init__(self, spec, logs):
        check(spec)
        self.spec, self.logs = spec, logs
        self.process = self.com1 = None
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
        with socket.create_server(("127.0.0.1", 0), backlog=1) as listener:
            self._configure(listener.getsockname()[1])
            self._spawn()
            self.com1 = Console(self._accept(listener), self.logs / "vtl0.log")

    def _configure(self, port):
        disk = self.run / "esp.img"     # Bochs locks it and writes to it
        shutil.copyfile(self.spec.disk, disk)
        video = next(path for path in VIDEO if path.exists())
        model = MODELS[self.spec.emulator]
        text = CONFIGURATION.format(memory=self.spec.memory, firmware=FIRMWARE, video=video, model=model, cpus=self.spec.cpus,
                                    disk=disk, port=port, vtl1=self.logs / "vtl1.log", log=self.logs / "bochs.log")
        (self.run / "bochsrc").write_text(text)
        (self.run / "debugger").write_text("c\nq\n")

    def _spawn(self):
        command = [BOCHS, "-q", "-unlock", "-f", str(self.run / "bochsrc"), "-rc", str(self.run / "debugger")]
        if self.spec.seconds:
            # Holds even if this process is killed.
            command = ["timeout", "--kill-after=5", str(self.spec.seconds + 30), *command]
        with open(self.logs / "hv.log", "wb") as log:   # port 0xE9 is Bochs' standard output
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.DEVNULL,
                                            start_new_session=True, env={**os.environ, "TMPDIR": str(self.run)})

    def _accept(self, listener):
        listener.settimeout(1)
        for _ in range(30):
            try:
                return listener.accept()[0]
            except socket.timeout:
                if self.process.poll() is not None:
                    break
        raise OpenVSMError(f"Bochs did not start: see {self.logs / 'bochs.log'}")

    def _stop(self):
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        if self.com1:
            self.com1.close()
        shutil.rmtree(self.run, ignore_errors=True)

    def wait_for_exit(self, seconds):
        """Nothing to wait for (see above)."""
        del seconds
        return False

    def wait_until_stopped(self, seconds):
        raise OpenVSMError("a machine in Bochs does not switch itself off")

    def log_text(self, component):
        path = self.logs / f"{component}.log"
        return path.read_text(errors="replace").replace("\r", "") if path.is_file() else ""
