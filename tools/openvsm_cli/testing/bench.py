"""The emulator as tests see it: an ESP to change, a boot to an outcome, expectations in one sentence."""

import contextlib
import itertools
import re
import tempfile
import threading
from pathlib import Path

from openvsm_cli import emulators, esp, linux_guest, mutants
from openvsm_cli.credential import Credential
from openvsm_cli.paths import BUILD, LOGS, shown
from openvsm_cli.qemu import MachineSpec
from openvsm_cli.session import Session, explain
from openvsm_cli.testing import Hung

SERIAL = itertools.count(1)
SERIAL_LOCK = threading.Lock()


class Bench:
    """One per test. Every boot has a disk and a log folder of its own."""

    def __init__(self, name, emulator=emulators.DEFAULT, accel="tcg"):
        self.name = "".join(c if c.isalnum() or c in "-=." else "_" for c in name)
        self.emulator, self.accel = emulator, accel
        self.ran = None     # the instruction set that the hypervisor said it uses
        self.last = None    # the Outcome of the last boot
        self.watched = False    # a person looks on: no boot is shared, and logs say more

    def _place(self):
        with SERIAL_LOCK:
            number = next(SERIAL)
        return BUILD / "test" / f"{self.name}-{number}.img", LOGS / "test" / f"{self.name}-{number}"

    def esp(self, mutants=False, **configuration):
        """The normal ESP; configuration as espconfig.render takes it (vtl0__options='mode=test')."""
        return esp.standard(mutants=mutants).configure(**configuration)

    def attack_esp(self, mutant=None, **configuration):
        """The ESP that an attack boots: with a mutant, the images in which that one protection is off."""
        image = self.esp(**configuration)
        return mutants.switch_off(image, mutant) if mutant else image

    @property
    def level(self):
        return "debug" if self.watched else "info"

    def credential(self, user="alice", domain="EXAMPLE", password="correct horse"):
        return Credential(user, domain, password, "given by the test")

    @contextlib.contextmanager
    def tpm(self):
        """-> a new TPM's state folder, for as many boots one after the other as the test wants."""
        with tempfile.TemporaryDirectory(prefix="openvsm-tpm-") as folder:
            yield Path(folder)

    def _spec(self, disk, cpus, memory, seconds, extra=(), tpm=None, tpm_interface="tis", tpm_watch=None):
        emulator = emulators.EMULATORS[self.emulator]
        return MachineSpec(disk=disk, cpus=cpus, memory=memory or emulator.memory, seconds=seconds * emulator.slower,
                           extra=tuple(extra), accel=self.accel, emulator=self.emulator, tpm=tpm,
                           tpm_interface=tpm_interface, tpm_watch=tpm_watch)

    def boot(self, image, cpus=1, memory=None, seconds=120, credential=None, on_event=None, at_end=None, settle=15, extra=(),
             tpm=None, tpm_interface="tis", tpm_watch=None, store=None, may_hang=False):
        """-> Outcome. Raises Hung when there was no verdict in time, unless that is an answer too. tpm: a state folder, if the
        machine is to have one; store: a BlobStore, for a machine with store=com1."""
        disk, logs = self._place()
        image.write_disk(disk)
        try:
            spec = self._spec(disk, cpus, memory, seconds, extra, tpm, tpm_interface, tpm_watch)
            outcome = Session(spec, logs, credential, on_event, settle, at_end, store).run()
        finally:
            disk.unlink(missing_ok=True)
        self.saw(outcome)
        if outcome.verdict == "hung" and not may_hang:
            raise Hung(self.story(outcome))
        return outcome

    def saw(self, outcome):
        """The back end is what the hypervisor said, and must be the one that this emulator is for."""
        self.last = outcome
        said = re.search(r"is in VTL0, (AMD SVM|Intel VMX) ", outcome.text.get("hv", ""))
        if said:
            expected = emulators.instructions(self.emulator, self.accel)
            assert said[1] == expected, f"{emulators.title(self.emulator)} was to run {expected}, and the hypervisor says {said[1]}"
            self.ran = said[1]

    @property
    def back_end(self):
        return ", ".join(filter(None, (emulators.title(self.emulator, self.accel), self.ran)))

    def linux(self, command, cpus=1, memory=None, seconds=180, below="openvsm", on_begin=None, at_end=None):
        """-> LinuxOutcome of a stock Linux that runs the words of command."""
        disk, logs = self._place()
        nonce = linux_guest.new_nonce()
        linux_guest.make_esp(command, nonce, below).write_disk(disk)
        try:
            spec = self._spec(disk, cpus, memory, seconds)
            outcome = linux_guest.Guest(spec, logs, nonce, on_begin=on_begin, at_end=at_end).run()
        finally:
            disk.unlink(missing_ok=True)
        self.saw(outcome)
        if outcome.verdict == "hung":
            raise Hung(f"no verdict within {outcome.seconds:.0f} s; logs: {shown(logs)}")
        return outcome

    @staticmethod
    def story(outcome):
        return "\n".join([*explain(outcome), f"logs: {shown(outcome.logs)}"])

    def expect_success(self, outcome):
        assert outcome.succeeded, self.story(outcome)
        return outcome

    def expect_refusal(self, outcome, word):
        """One clear line that holds the word, and VTL0's system never started."""
        assert outcome.verdict in ("refused", "ended"), self.story(outcome)
        assert outcome.one("boot") is None, "VTL0's kernel was started all the same\n" + self.story(outcome)
        lines = outcome.errors()
        assert len(lines) == 1, f"expected one error line, got {lines}\n" + self.story(outcome)
        assert word.lower() in lines[0].lower(), f"the error line does not name {word!r}: {lines[0]}"
        return lines[0]
