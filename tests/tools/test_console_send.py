"""COM1 from the host's side, before a guest that does not read."""

import socket
import tempfile
import time
from pathlib import Path

from openvsm_cli import qemu
from openvsm_cli.qemu import Console

MORE_THAN_FITS = bytes(16 << 20)


def test_a_guest_that_does_not_read():
    """What is sent to it ends in an OSError, in time; the console still hears what it says."""
    ours, guests = socket.socketpair()
    seconds = qemu.SEND_SECONDS
    with tempfile.TemporaryDirectory() as folder, guests:
        console = Console(ours, Path(folder) / "log")
        try:
            qemu.SEND_SECONDS = 0.2
            began, failed = time.monotonic(), False
            try:
                console.send(MORE_THAN_FITS)
            except OSError:
                failed = True
            assert failed and time.monotonic() - began < 60
            assert ours.gettimeout() is None
            guests.sendall(b"here\n")
            assert console.receive() == b"here\n"
        finally:
            qemu.SEND_SECONDS = seconds
            guests.close()
            console.close()
