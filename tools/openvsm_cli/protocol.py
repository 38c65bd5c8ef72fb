"""The lines that VTL0's kernel writes for machines: '@openvsm NAME key=value ...'."""

import re
from dataclasses import dataclass, field

ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[()][0-9A-Za-z]|[=>78cDEHM])")
PREFIX = "@openvsm "


@dataclass(frozen=True)
class Event:
    name: str
    words: tuple                       # bare words behind the name
    values: dict = field(default_factory=dict)

    def hex(self, key):
        return bytes.fromhex(self.values[key])

    def number(self, key):
        return int(self.values[key], 0)


def clean(raw):
    """A console line as text, without terminal control (the firmware draws on the same port)."""
    return ESCAPES.sub("", raw.decode("utf-8", "replace")).replace("\r", "").rstrip("\n")


def parse(line):
    """-> Event, or None for a line meant for people."""
    at = line.find(PREFIX)
    if at < 0:
        return None
    name, *rest = line[at + len(PREFIX):].split() or [""]
    words = tuple(word for word in rest if "=" not in word)
    values = dict(word.split("=", 1) for word in rest if "=" in word)
    return Event(name, words, values)


def errors_in(text):
    """The distinct 'error: ' lines of a log; the hypervisor's have its name in front."""
    lines = (clean(raw.encode()).strip().removeprefix("hv: ") for raw in text.splitlines())
    return list(dict.fromkeys(line for line in lines if line.startswith("error: ")))
