"""A software TPM 2.0 for one machine: Debian's swtpm, a process of its own that QEMU talks to over a socket.

What a TPM keeps over a power cycle (seeds, NV memory) is in its state folder; PCRs are in the process alone.
"""

import contextlib
import os
import shutil
import signal
import socket
import struct
import subprocess

from openvsm_cli.errors import MissingError, OpenVSMError

SWTPM = "swtpm"
SECONDS = 5                     # for any answer of swtpm
SHA256 = 0x000B                 # TPM_ALG_SHA256; TPM 2.0 Library, part 2, "TPM_ALG_ID"
NO_SESSIONS = 0x8001            # TPM_ST_NO_SESSIONS
PCR_READ = 0x0000017E           # TPM_CC_PCR_Read
INIT, SET_DATAFD = 0x02, 0x10   # CMD_INIT, CMD_SET_DATAFD of swtpm's control channel


def require():
    if shutil.which(SWTPM) is None:
        raise MissingError("no software TPM: package swtpm")


def pcr_read(pcr):
    body = struct.pack(">IHB3s", 1, SHA256, 3, (1 << pcr).to_bytes(3, "little"))
    return struct.pack(">HII", NO_SESSIONS, 10 + len(body), PCR_READ) + body


def pcr_value(answer):
    """The one digest in an answer to PCR_Read: behind header, update counter, selection of one bank, and two sizes."""
    size, code = struct.unpack_from(">II", answer, 2)
    if code or size != len(answer) or size != 10 + 4 + 10 + 4 + 2 + 32:
        raise OpenVSMError(f"the TPM's answer to PCR_Read is {answer.hex()}")
    return answer[-32:]


def arguments(path, interface):
    """Of QEMU. path: a socket of swtpm's control channel. interface: tis (FIFO) or crb."""
    return ["-chardev", f"socket,id=tpm,path={path}", "-tpmdev", "emulator,id=tpm0,chardev=tpm",
            "-device", f"tpm-{interface},tpmdev=tpm0"]


class SoftwareTPM:
    """state: its folder, made when it is not there. run: where its socket goes. seconds: hard limit of the process; 0 is none."""

    def __init__(self, state, run, log, seconds):
        require()
        self.path, self.log = run / "tpm", log
        state.mkdir(parents=True, exist_ok=True)
        limit = ["timeout", "--kill-after=5", str(seconds)] if seconds else []
        with socket.socket(socket.AF_UNIX) as listener:
            # Listening before there is a process: QEMU cannot come too early.
            listener.bind(str(self.path))
            listener.listen(1)
            command = [*limit, SWTPM, "socket", "--tpm2", "--tpmstate", f"dir={state}", "--ctrl", f"type=unixio,fd={listener.fileno()}"]
            with open(log, "wb") as output:
                self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                                pass_fds=(listener.fileno(),), start_new_session=True)

    def arguments(self, interface):
        return arguments(self.path, interface)

    def said(self):
        lines = self.log.read_text(errors="replace").splitlines()
        return lines[-1] if lines else "nothing"

    @contextlib.contextmanager
    def talk(self, initialise=False):
        """-> a function that sends a command to the TPM itself, past the machine, and returns the answer. QEMU has to be gone, and
        killed: a QEMU that ends by itself ends its TPM too. initialise: there was no machine; what follows is power coming on."""
        with socket.socket(socket.AF_UNIX) as control:
            control.settimeout(SECONDS)
            control.connect(str(self.path))
            commands, theirs = socket.socketpair()
            with commands, theirs:
                commands.settimeout(SECONDS)
                socket.send_fds(control, [struct.pack(">I", SET_DATAFD)], [theirs.fileno()])
                self._expect_done(control)
                if initialise:
                    control.sendall(struct.pack(">II", INIT, 0))
                    self._expect_done(control)
                yield lambda command: (commands.sendall(command), commands.recv(4096))[1]

    def pcrs(self, numbers):
        """{number: its SHA-256 value}, by talk()."""
        with self.talk() as exchange:
            return {number: pcr_value(exchange(pcr_read(number))) for number in numbers}

    def _expect_done(self, control):
        answer = control.recv(4)
        if answer != bytes(4):
            raise OpenVSMError(f"swtpm refuses a control command: {answer.hex() or self.said()}")

    def stop(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
