"""The boots in which VTL0's kernel attacks: one that all attacks share, or one for a single attack."""

import functools
import threading

from openvsm_cli.session import regions
from openvsm_cli.testing.bench import Bench

SHARED_SECONDS = 240
ALONE_SECONDS = 120


class Watch:
    """VTL1's and the hypervisor's memory as seen from outside, before the first attack and when the machine is off."""

    def __init__(self):
        self.before = self.after = None

    def on_event(self, machine, event):
        if event.name == "boot":
            self.before = self.canaries(machine)

    def at_end(self, machine):
        self.after = self.canaries(machine)

    @staticmethod
    def canaries(machine):
        """First and last pages of both regions: where the attacks' writes aim, and nothing that changes by itself."""
        found = {}
        for name, (base, size) in regions(machine.log_text("hv")).items():
            found[f"{name}, first page"] = machine.read_memory(base, 4096)
            found[f"{name}, last page"] = machine.read_memory(base + size - 4096, 4096)
        return found


class SharedBoot:
    """One boot of each emulator and number of processors: each attack reads its own lines of it. What went wrong with the boot
    is every attack's failure, and it is not tried again for each."""

    def __init__(self, emulator, accel, cpus):
        self.bench = Bench(f"attacks/the-boot-they-share-{emulator}-{cpus}", emulator, accel)
        self.cpus, self.watch, self.lock = cpus, Watch(), threading.Lock()
        self.outcome = self.error = None

    def boot(self):
        outside = {"on_event": self.watch.on_event, "at_end": self.watch.at_end} if self.bench.emulator == "qemu" else {}
        try:
            self.outcome = self.bench.boot(self.bench.attack_esp(vtl0__options="mode=attack"), cpus=self.cpus, seconds=SHARED_SECONDS,
                                           **outside)
        except Exception as error:  # noqa: BLE001 (every attack that needs this boot fails by it)
            self.error = error

    def get(self):
        with self.lock:
            if self.outcome is None and self.error is None:
                self.boot()
        if self.error:
            raise AssertionError(f"the boot that the attacks share failed: {self.error}")
        return self.outcome


shared = functools.cache(SharedBoot)


def of_all(bench, cpus):
    """-> the Outcome of the boot with all attacks that need none of their own."""
    outcome = shared(bench.emulator, bench.accel, cpus).get()
    bench.saw(outcome)
    return outcome


def of_one(bench, name, cpus, mutant=None, seconds=ALONE_SECONDS, level="info", **boot):
    """-> the Outcome of a boot with one folder's attacks; hung is an outcome too where a protection is off."""
    image = bench.attack_esp(mutant=mutant, vtl0__options=f"mode=attack only={name}", log__level=level)
    return bench.boot(image, cpus=cpus, seconds=seconds, may_hang=mutant is not None, **boot)
