"""What people see: colours on a terminal only, phases with their seconds."""

import contextlib
import os
import sys
import time

CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


def use_colour(stream):
    return stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def paint(text, colour, stream=None):
    if not use_colour(stream or sys.stdout):
        return text
    return f"\033[{CODES[colour]}m{text}\033[0m"


def say(text="", stream=None):
    print(text, file=stream or sys.stdout, flush=True)


def note(text):
    """Progress and warnings: never mixed into what a verb prints as its result."""
    say(text, sys.stderr)


class Phases:
    """Seconds per phase, on standard error as each ends and together at the end."""

    def __init__(self):
        self.times = []

    @contextlib.contextmanager
    def phase(self, name):
        start = time.monotonic()
        ended = "failed"
        try:
            yield
            ended = "done"
        finally:
            seconds = time.monotonic() - start
            self.times.append((name, seconds))
            note(paint(f"[{seconds:6.1f} s] {name}: {ended}", "dim" if ended == "done" else "red", sys.stderr))

    def summary(self):
        parts = ", ".join(f"{name} {seconds:.1f}" for name, seconds in self.times)
        return f"seconds: {parts}; together {sum(s for _, s in self.times):.1f}"
