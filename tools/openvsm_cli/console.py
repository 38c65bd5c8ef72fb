"""The terminal joined to COM1: keys go in as they are, Ctrl-] leaves."""

import contextlib
import os
import selectors
import sys
import termios
import tty

ESCAPE = b"\x1d"


@contextlib.contextmanager
def raw_terminal(fd):
    if not os.isatty(fd):
        yield
        return
    saved = termios.tcgetattr(fd)
    try:
        tty.setraw(fd, termios.TCSANOW)
        yield
    finally:
        termios.tcsetattr(fd, termios.TCSADRAIN, saved)


def join(machine_console, keys=None, screen=None):
    """Until the machine closes its side, the keys end, or Ctrl-] is typed."""
    keys = sys.stdin.fileno() if keys is None else keys
    screen = sys.stdout.fileno() if screen is None else screen
    with raw_terminal(keys), selectors.PollSelector() as selector:
        selector.register(machine_console, selectors.EVENT_READ)
        selector.register(keys, selectors.EVENT_READ)
        while True:
            for ready, _ in selector.select():
                if ready.fileobj is machine_console:
                    data = machine_console.receive()
                    if not data:
                        return "ended"
                    os.write(screen, data)
                elif not forward_keys(keys, machine_console, selector):
                    return "left"


def forward_keys(keys, machine_console, selector):
    """False when the person wants to leave. A closed input only stops being read."""
    data = os.read(keys, 1024)
    if not data:
        selector.unregister(keys)
        return True
    before, found, _ = data.partition(ESCAPE)
    machine_console.send(before)
    return not found
