"""One run of the machine up to its verdict, which is in the lines of COM1 and never in how QEMU ended."""

import re
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from openvsm_cli import credential as credentials
from openvsm_cli import protocol
from openvsm_cli.emulators import machine as machine_of
from openvsm_cli.errors import OpenVSMError
from openvsm_cli.qemu import COMPONENTS, LineReader

POLL = 1.0                  # seconds between looks at the other logs while COM1 is silent
NOT_STARTED = "boot: VTL0's program was not started"    # the loader's last line; Bochs takes a minute to switch off behind it


@dataclass
class Outcome:
    verdict: str                            # done | refused | ended | hung
    seconds: float
    logs: Path
    events: list = field(default_factory=list)
    text: dict = field(default_factory=dict)  # component -> its log

    def all(self, name):
        return [event for event in self.events if event.name == name]

    def one(self, name):
        found = self.all(name)
        return found[0] if found else None

    def exits(self):
        """{reason: count} as the hypervisor counted them, or None: it says so when the machine ends."""
        lines = re.findall(r"exits((?: [\w-]+=\d+)+)\s*$", self.text.get("hv", ""), re.M)
        return {name: int(count) for name, count in (word.split("=") for word in lines[-1].split())} if lines else None

    def errors(self):
        """The error lines of the lowest component that has any. While the firmware lives, the loader repeats its lines
        on the serial ports, where the firmware's console may garble them: so the hypervisor's log comes first."""
        for component in ("hv", "vtl1", "vtl0"):
            lines = protocol.errors_in(self.text.get(component, ""))
            if lines:
                return lines
        return []

    @property
    def status(self):
        """What VTL0's kernel said at the end; None if it never came to that."""
        done = self.one("done")
        said = done.values.get("status", "") if done else ""
        return int(said) if said.isdigit() else None    # a machine that ends may cut its last line short

    @property
    def succeeded(self):
        return self.verdict == "done" and self.status == 0


class Session:
    """Watches COM1. store keeps what trustlets have VTL0 keep (load option store=com1). on_event(machine, event) may act while
    the machine runs (QMP); at_end(machine) when it has switched itself off or reset itself, and its memory is still there (QEMU
    then keeps the machine, stopped)."""

    def __init__(self, spec, logs, credential=None, on_event=None, settle=None, at_end=None, store=None):
        self.spec, self.logs, self.credential, self.store = spec, logs, credential, store
        self.on_event, self.at_end = on_event, at_end
        # Silence after which an 'error: ' of the hypervisor or VTL1 counts as the end.
        self.settle = settle if settle is not None else 15
        self.events = []
        self.last_heard = 0.0

    def run(self):
        start = time.monotonic()
        spec = replace(self.spec, extra=(*self.spec.extra, "-no-shutdown")) if self.at_end else self.spec
        with machine_of(spec, self.logs) as machine:
            verdict = self._watch(machine, start)
        text = {component: machine.log_text(component) for component in COMPONENTS}
        return Outcome(verdict, time.monotonic() - start, self.logs, self.events, text)

    def _watch(self, machine, start):
        reader = LineReader(machine.com1)
        self.last_heard = time.monotonic()
        while time.monotonic() - start < self.spec.seconds:
            raw = reader.next_line(POLL)
            if raw is not None:
                self.last_heard = time.monotonic()
                self._line(machine, protocol.clean(raw))
            elif reader.closed:
                return self._after_end()
            elif self.at_end and machine.is_stopped():
                self.at_end(machine)
                return self._after_end()
            elif self._has_given_up(machine):
                return "refused"
            if self.events and self.events[-1].name == "done" and raw is not None:
                return self._finish(machine)
        return "hung"

    def _finish(self, machine):
        if self.at_end:
            machine.wait_until_stopped(20)
            self.at_end(machine)
        else:
            machine.wait_for_exit(20)
        return "done"

    def _after_end(self):
        return "done" if any(event.name == "done" for event in self.events) else "ended"

    def _has_given_up(self, machine):
        """An error of a component below VTL0, and nothing more from VTL0 since."""
        silent = time.monotonic() - self.last_heard
        return silent >= self.settle and (NOT_STARTED in machine.log_text("vtl0")
                                          or any(protocol.errors_in(machine.log_text(name)) for name in ("hv", "vtl1")))

    def _line(self, machine, line):
        event = protocol.parse(line)
        if event is None:
            return
        self.events.append(event)
        if event.name == "provision" and "ready" in event.words:
            self._provision(machine)
        if self.store:
            self.store.serve(machine, event)
        if self.on_event:
            self.on_event(machine, event)

    def _provision(self, machine):
        if self.credential is None:
            return
        line = self.credential.provision_line()
        try:
            machine.com1.send(line)
        finally:
            credentials.wipe(line)


def last_words(outcome):
    """One line per component: what it said last (for failures)."""
    names = {"vtl0": "VTL0 (COM1)", "vtl1": "VTL1 (COM2)", "hv": "hypervisor (port 0xE9)"}
    said = []
    for component in COMPONENTS:
        lines = [clean for raw in outcome.text.get(component, "").splitlines() if (clean := protocol.clean(raw.encode()).strip())]
        errors = [line for line in lines if line.startswith("error: ")]
        line = (errors or lines or ["nothing"])[-1]
        said.append(f"{names[component]} said last: {line}")
    return said


def explain(outcome):
    """Why a run was not a success, as lines."""
    reasons = {
        "done": f"VTL0's kernel reported status {outcome.status}",
        "refused": "a component refused to go on",
        "ended": "the machine ended without a verdict",
        "hung": f"no verdict within {outcome.seconds:.0f} s",
    }
    return [reasons[outcome.verdict], *last_words(outcome)]


def regions(hv_log):
    """{"hypervisor" and "vtl1": (address, size)}, from the loader's own line."""
    found = re.search(r"reserve: hypervisor 0x([0-9a-f]+) \+ (\d+) KiB, VTL1 0x([0-9a-f]+) \+ (\d+) KiB", hv_log)
    if not found:
        raise OpenVSMError("the hypervisor's log does not say where VTL1's memory is")
    hypervisor, vtl1 = (int(found[1], 16), int(found[2]) * 1024), (int(found[3], 16), int(found[4]) * 1024)
    return {"hypervisor": hypervisor, "vtl1": vtl1}
