"""The TPM seen from between: a real swtpm below, a played QEMU above."""

import socket
import struct
import tempfile
from pathlib import Path

from openvsm_cli import tpm, tpm_watch

INIT, STARTUP = 2, 0x144                # CMD_INIT of swtpm's control channel; TPM_CC_Startup
CLEAR = struct.pack(">HIIH", 0x8001, 12, STARTUP, 0)
GO_ON = struct.pack(">I", 0)


class Machine:
    """QEMU's side: the control channel, and a socket for commands."""

    def __init__(self, path):
        self.control = socket.socket(socket.AF_UNIX)
        self.control.settimeout(20)
        self.control.connect(str(path))
        self.commands, theirs = socket.socketpair()
        self.commands.settimeout(20)
        socket.send_fds(self.control, [struct.pack(">I", tpm.SET_DATAFD)], [theirs.fileno()])
        assert self.control.recv(4) == GO_ON
        theirs.close()
        self.control.sendall(struct.pack(">II", INIT, 0))
        assert self.control.recv(4) == GO_ON

    def ask(self, command):
        self.commands.sendall(command)
        return self.commands.recv(4096)

    def close(self):
        self.control.close()
        self.commands.close()


def watched(watch, use):
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder)
        below = tpm.SoftwareTPM(run / "state", run, run / "log", 60)
        above = tpm_watch.WatchedTPM(below, run, watch)
        try:
            machine = Machine(above.path)
            use(machine)
            machine.close()
        finally:
            above.stop()
            below.stop()


def test_commands_are_seen_in_order():
    """Each one before the TPM has it and when it has answered; the answers are the TPM's own."""
    seen = []

    def use(machine):
        assert tpm_watch.code_of(machine.ask(CLEAR)) == 0
        assert tpm.pcr_value(machine.ask(tpm.pcr_read(11))) == bytes(32)
    watched(lambda command, phase: seen.append((tpm_watch.code_of(command), phase)), use)
    assert seen == [(STARTUP, "before"), (STARTUP, "answered"), (tpm.PCR_READ, "before"), (tpm.PCR_READ, "answered")], seen


def test_a_command_that_never_arrives():
    """When the watch has ended the machine, nothing goes on."""
    def use(machine):
        machine.ask(CLEAR)
        try:
            machine.commands.settimeout(0.5)
            answer = machine.ask(tpm.pcr_read(11))
        except (TimeoutError, ConnectionError):
            answer = b""
        assert answer == b"", answer
    watched(lambda command, phase: tpm_watch.code_of(command) != tpm.PCR_READ, use)


def test_messages_in_pieces():
    """A command's size is in its header, however it comes."""
    messages, stream = tpm_watch.Messages(), CLEAR + tpm.pcr_read(3)
    assert [message for byte in stream for message in messages.feed(bytes([byte]))] == [CLEAR, tpm.pcr_read(3)]
