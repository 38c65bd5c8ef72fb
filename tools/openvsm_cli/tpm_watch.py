"""Between QEMU and swtpm: every TPM command is seen before the TPM has it, and its answer before the machine has that.

QEMU brings swtpm a socket for commands over the control channel; here it gets ours, and swtpm another one.
"""

import contextlib
import selectors
import socket
import struct
import threading

from openvsm_cli import tpm

BEFORE, ANSWERED = "before", "answered"
HEADER = 10                     # of a command and of an answer: tag, size, code


def code_of(message):
    return struct.unpack_from(">I", message, 6)[0]


class Messages:
    """Whole commands or answers of one direction."""

    def __init__(self):
        self.pending = b""

    def feed(self, data):
        self.pending += data
        while len(self.pending) >= HEADER and len(self.pending) >= self._size():
            size = self._size()
            message, self.pending = self.pending[:size], self.pending[size:]
            yield message

    def _size(self):
        return max(HEADER, struct.unpack_from(">I", self.pending, 2)[0])


class WatchedTPM:
    """watch(command, phase): in a thread of its own, BEFORE the TPM has the command and when it has ANSWERED. It returns
    False when it has ended the machine: nothing goes further then."""

    def __init__(self, below, run, watch):
        self.below, self.watch = below, watch
        self.path = run / "tpm-watched"
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.path))
        self.listener.listen(1)
        self.selector = selectors.DefaultSelector()
        self.command = None
        self.wake, self.woken = socket.socketpair()
        self._on(self.listener, self._connect)
        self._on(self.woken, lambda: False)
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def arguments(self, interface):
        return tpm.arguments(self.path, interface)

    def stop(self):
        self.wake.close()
        self.thread.join()
        for key in list(self.selector.get_map().values()):
            key.fileobj.close()
        self.selector.close()

    def _on(self, end, act):
        self.selector.register(end, selectors.EVENT_READ, act)

    def _serve(self):
        """Until one of the ends closes, as it does when the machine is killed."""
        with contextlib.suppress(OSError):
            while all(key.data() is not False for key, _ in self.selector.select()):
                pass

    def _connect(self):
        self.control = self.listener.accept()[0]
        self.lower = socket.socket(socket.AF_UNIX)
        self.lower.connect(str(self.below.path))
        self._on(self.control, self._control)
        self._on(self.lower, lambda: self._pass(self.lower, self.control))

    @staticmethod
    def _pass(source, target):
        data = source.recv(65536)
        target.sendall(data)
        return bool(data)

    def _control(self):
        data, descriptors, _, _ = socket.recv_fds(self.control, 65536, 1)
        if not descriptors:
            self.lower.sendall(data)
            return bool(data)
        self.upper_data = socket.socket(fileno=descriptors[0])
        self.lower_data, theirs = socket.socketpair()
        socket.send_fds(self.lower, [data], [theirs.fileno()])
        theirs.close()
        commands, answers = Messages(), Messages()
        self._on(self.upper_data, lambda: self._relay(self.upper_data, self.lower_data, commands, BEFORE))
        self._on(self.lower_data, lambda: self._relay(self.lower_data, self.upper_data, answers, ANSWERED))
        return True

    def _relay(self, source, target, messages, phase):
        data = source.recv(65536)
        for message in messages.feed(data):
            self.command = message if phase == BEFORE else self.command
            if self.watch(self.command, phase) is False:
                return False
            target.sendall(message)
        return bool(data)
