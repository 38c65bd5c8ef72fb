"""A conversation with the vault over mode=vault of VTL0's kernel: requests one after the other, and the answer of each."""

import re
from dataclasses import dataclass, field

from openvsm_cli import vault_words
from openvsm_cli.credential import wipe

PLAIN = re.compile(rb"[!-~]*")


class Request:
    """A verb and its words: (key, value) with value text or bytes. What holds a password or PIN is wiped once it is sent."""

    def __init__(self, verb, *words):
        self.verb = verb
        self.line = bytearray(verb.encode())
        for key, value in words:
            self.add(key, value)

    @classmethod
    def of_text(cls, text):
        """For tests: 'hmac id=1 message=hello'."""
        verb, *words = text.split()
        return cls(verb, *(word.split("=", 1) for word in words))

    def add(self, key, value):
        """Text that has blanks or other bytes than ASCII's visible ones goes as hexadecimal; so do bytes, always."""
        self.line += b" " + key.encode() + b"="
        if isinstance(value, str) and PLAIN.fullmatch(value.encode()):
            self.line += value.encode()
            return
        self.line += b"hex:"
        for byte in value.encode() if isinstance(value, str) else value:
            self.line += b"%02x" % byte

    def send(self, com1, number):
        """False if the machine is gone. A request may be sent again until it is wiped."""
        whole = bytearray(b"OVSM-VAULT %d " % number) + self.line + b"\n"
        try:
            com1.send(whole)
        except OSError:
            return False
        finally:
            wipe(whole)
        return True

    def wipe(self):
        wipe(self.line)


@dataclass
class Answer:
    verb: str
    values: dict
    rows: list = field(default_factory=list)    # values of vault-entry or vault-audit lines

    @property
    def succeeded(self):
        return vault_words.succeeded(self.values)

    @property
    def name(self):
        return self.values.get("name")

    def hex(self, key):
        return bytes.fromhex(self.values[key])


class Talk:
    """on_event of a Session. react(machine, request, answer) may give further requests, which go before those that wait; a request
    is wiped behind its reaction, unless it is among them."""

    def __init__(self, requests, react=None):
        self.waiting = list(requests)
        self.react = react
        self.answers, self.rows = [], []
        self.current, self.number = None, 0

    def on_event(self, machine, event):
        if event.name == "vault" and "ready" in event.words:
            self._next(machine)
        elif event.name in ("vault-entry", "vault-audit") and self._is_ours(event):
            self.rows.append(event.values)
        elif event.name == "vault" and self._is_ours(event):
            self._take(machine, event)

    def _is_ours(self, event):
        return self.current is not None and event.values.get("id") == str(self.number)

    def _take(self, machine, event):
        answer = Answer(self.current.verb, event.values, self.rows)
        self.answers.append(answer)
        self.rows = []
        more = list(self.react(machine, self.current, answer) or ()) if self.react else []
        if self.current not in more:
            self.current.wipe()
        self.waiting[:0] = more
        self._next(machine)

    def _next(self, machine):
        self.number += 1
        self.current = self.waiting.pop(0) if self.waiting else Request("end")
        self.current.send(machine.com1, self.number)

    def wipe(self):
        for request in self.waiting:
            request.wipe()
