"""QEMU's machine protocol, as far as we need it."""

import json
import select
import socket

from openvsm_cli.errors import OpenVSMError


class QMP:
    def __init__(self, connection, timeout=20):
        self.connection = connection
        self.connection.settimeout(timeout)
        self.stream = connection.makefile("rb")
        self._read()                      # greeting
        self.command("qmp_capabilities")

    def _read(self):
        try:
            line = self.stream.readline()
        except socket.timeout:
            raise OpenVSMError("QEMU does not answer on its control socket") from None
        except ConnectionError:
            line = b""
        if not line:
            raise OpenVSMError("QEMU closed its control socket")
        return json.loads(line)

    def command(self, name, **arguments):
        self.connection.sendall(json.dumps({"execute": name, "arguments": arguments}).encode() + b"\n")
        while True:
            answer = self._read()
            if "error" in answer:
                raise OpenVSMError(f"QEMU refused {name}: {answer['error'].get('desc')}")
            if "return" in answer:
                return answer["return"]

    def wait_event(self, seconds):
        """Returns at the next event, or after the time."""
        if not select.select([self.connection], [], [], max(0.1, min(seconds, 1.0)))[0]:
            return
        self._read()
