"""The power goes at every point where the vault's disk or TPM changes: afterwards it is as before the command or as behind it.

A cut is in front of the k-th change since the command was sent: a blob written or deleted, a command that changes the TPM's NV memory.
What is cut behind one change is cut in front of the next, as far as disk and TPM can tell.
"""

import threading
from dataclasses import dataclass

import vault_machine

from openvsm_cli import blob_store, tpm_watch
from openvsm_cli.vault_talk import Request

NV_CHANGES = {0x122, 0x12A, 0x134, 0x136, 0x137, 0x138}     # TPM 2.0 Library, part 2, "TPM_CC": what begins with TPM_CC_NV_ and writes
COUNTED = "generate type=symmetric label=counted allow=hmac size=32 uses=100"
SECRET = "add type=symmetric label=secret allow=totp key=hex:3132333435363738393031323334353637383930 pin=2580 tries=16"
LOOK = ("info", "list", "audit")


class Cut:
    """Ends the machine in front of the number-th change after it was armed; 0 never."""

    def __init__(self, number):
        self.number, self.seen = number, []
        self.armed = self.done = False
        self.lock = threading.Lock()

    def intervene(self, machine, operation, phase):
        if phase == blob_store.BEFORE and operation.verb != "blob-read":
            self._change(machine, operation.verb)

    def tpm_watch(self, machine, command, phase):
        if phase == tpm_watch.BEFORE and tpm_watch.code_of(command) in NV_CHANGES:
            return self._change(machine, f"NV {tpm_watch.code_of(command):#x}")
        return not self.done

    def _change(self, machine, what):
        """False when the machine is no more."""
        with self.lock:
            if self.armed and not self.done:
                self.seen.append(what)
                self.done = len(self.seen) == self.number
                if self.done:
                    machine.kill()
            return not self.done


@dataclass
class Look:
    """What the vault says of itself."""

    entries: dict       # {number: values}
    following: int      # the audit log's next number
    generation: int

    @classmethod
    def of(cls, info, listed, audit):
        assert info.values.get("state") == "open", info.values
        vault_machine.expect_good_log(audit)
        entries = {int(row["credential"]): {key: value for key, value in row.items() if key != "id"} for row in listed.rows}
        return cls(entries, int(audit.values["next"]), int(info.values["generation"]))


def newest(entries, label):
    return max(number for number, values in entries.items() if values["label"] == label.encode().hex())


def changed(entries, number, **values):
    return {**entries, number: {**entries[number], **values}}


def added(before, after):
    """One more, with the next number."""
    new = set(after) - set(before)
    return len(new) == 1 and min(new) > max(before) and {number: after[number] for number in before} == before


def removed(before, after, number):
    return after == {other: values for other, values in before.items() if other != number}


def plus_one(before, number, key):
    return changed(before, number, **{key: str(int(before[number][key]) + 1)})


class Add:
    line = staticmethod(lambda look: COUNTED)
    happened = staticmethod(lambda before, after: added(before, after))


class Use:
    line = staticmethod(lambda look: "hmac id=1 message=m")
    happened = staticmethod(lambda before, after: after == plus_one(before, 1, "uses"))


class WrongPin:
    line = staticmethod(lambda look: "unlock id=2 pin=0852")
    happened = staticmethod(lambda before, after: after == plus_one(before, 2, "failures"))


class Remove:
    line = staticmethod(lambda look: f"remove id={newest(look.entries, 'counted')}")
    happened = staticmethod(lambda before, after: removed(before, after, newest(before, "counted")))


OPERATIONS = {"add": Add, "use": Use, "wrong-pin": WrongPin, "remove": Remove}


class Steps:
    """One boot: looks, arms the cut, sends the command; looks again if it was carried out to its end."""

    def __init__(self, operation, cut):
        self.operation, self.cut = operation, cut
        self.looks, self.answers = [], []

    def react(self, _, request, answer):
        self.answers.append(answer)
        if answer.verb != LOOK[-1]:
            return [] if answer.verb in LOOK else [Request(verb) for verb in LOOK]
        self.looks.append(Look.of(*self.answers[-3:]))
        if len(self.looks) > 1:
            return []
        self.cut.armed = True
        return [Request.of_text(self.operation.line(self.looks[0]))]


def boot(bench, where, operation, number):
    cut = Cut(number)
    steps = Steps(operation, cut)
    vault_machine.ask(bench, where, *LOOK, react=steps.react, expect_end=False, intervene=cut.intervene, tpm_watch=cut.tpm_watch)
    return cut, steps.looks


def expect_old_or_new(operation, before, after):
    """-> did it happen? Whatever did, nothing that protects went back."""
    assert after.following >= before.following and after.generation >= before.generation, (before, after)
    for number, values in before.entries.items():
        if number in after.entries:
            for key in ("uses", "failures"):
                assert int(after.entries[number][key]) >= int(values[key]), (key, before, after)
    if after.entries == before.entries:
        return False
    assert operation.happened(before.entries, after.entries), (before, after)
    return True


def cut_everywhere(bench, where, operation):
    """-> the changes of a command that was carried out. Each boot looks at what the cut of the one before left."""
    before, happened = None, set()
    for number in range(1, 30):
        cut, looks = boot(bench, where, operation, number)
        if before:
            happened.add(expect_old_or_new(operation, before, looks[0]))
        if not cut.done:
            assert expect_old_or_new(operation, looks[0], looks[1]), (operation, looks)
            assert number > 1 and False in happened, (operation, happened)
            return cut.seen
        before = looks[0]
    raise AssertionError(f"{operation}: no end after {cut.seen}")


def test_power_cuts(bench):
    """Add, use, wrong PIN, remove, each cut in front of each of its changes (trustlet-vault-cuts has the rest)."""
    with vault_machine.place() as where:
        vault_machine.good(vault_machine.ask(bench, where, COUNTED, SECRET, COUNTED, COUNTED))
        changes = {name: cut_everywhere(bench, where, operation) for name, operation in OPERATIONS.items()}
        for name, seen in changes.items():
            assert any(what.startswith("NV") for what in seen) and any(what.startswith("blob") for what in seen), (name, seen)
