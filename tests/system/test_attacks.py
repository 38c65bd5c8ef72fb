"""Ring 0 of VTL0 against VTL1 and the hypervisor: every attack fails, every control succeeds, every mutant is caught."""

import functools
import re
import threading

from openvsm_cli import artefacts, emulators
from openvsm_cli.paths import ROOT
from openvsm_cli.session import regions
from openvsm_cli.testing import Skip, also_on, each, processors
from openvsm_cli.testing.bench import Bench

ACCESSES = ("read", "write", "execute")
MAPPINGS = ("direct", "alias-4k", "alias-2m", "user")


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
        """First and last pages of both regions: where the table's writes aim, and nothing that changes by itself."""
        found = {}
        for name, (base, size) in regions(machine.log_text("hv")).items():
            found[f"{name}, first page"] = machine.read_memory(base, 4096)
            found[f"{name}, last page"] = machine.read_memory(base + size - 4096, 4096)
        return found


class SharedBoot:
    """All attacks share one boot of each emulator: the tests below read different things from it. What went wrong with it
    is theirs all the same, and it is not tried again for each."""

    def __init__(self, emulator, accel):
        self.bench = Bench(f"system/attacks/the-boot-they-share-{emulator}", emulator, accel)
        self.watch, self.lock = Watch(), threading.Lock()
        self.outcome = self.error = None

    def boot(self):
        outside = {"on_event": self.watch.on_event, "at_end": self.watch.at_end} if self.bench.emulator == "qemu" else {}
        try:
            self.outcome = self.bench.boot(self.bench.esp(vtl0__options="mode=attack"), cpus=2, seconds=240, **outside)
        except Exception as error:  # noqa: BLE001 (every test that needs this boot fails by it)
            self.error = error

    def get(self):
        with self.lock:
            if self.outcome is None and self.error is None:
                self.boot()
        if self.error:
            raise AssertionError(f"the boot that these tests share failed: {self.error}")
        return self.outcome


shared_boot = functools.cache(SharedBoot)


def outcome_of_all(bench):
    shared = shared_boot(bench.emulator, bench.accel)
    outcome = shared.get()
    bench.saw(outcome)
    return outcome


def attacks(outcome):
    return [event.values for event in outcome.all("attack")]


@processors(2)
@also_on("bochs")
@also_on("bochs-amd")
def test_all_end_as_the_table_says(bench):
    """The whole table runs, each row ends as it must, the machine goes on and the vault still answers."""
    outcome = bench.expect_success(outcome_of_all(bench))
    wrong = [values for values in attacks(outcome) if values.get("expected") != "yes"]
    assert not wrong, wrong
    assert outcome.one("vault-after").values == {"outcome": "ok"}, bench.story(outcome)


@processors(2)
def test_pages_below_are_unchanged(bench):
    """The pages that the table's writes aim at, read from outside before and after."""
    outcome_of_all(bench)
    watch = shared_boot(bench.emulator, bench.accel).watch
    assert watch.before and watch.after, "the pages were not read"
    assert watch.before == watch.after, [place for place in watch.before if watch.before[place] != watch.after[place]]


@processors(2)
@also_on("bochs")
@each(target=("securekernel", "hypervisor", "hole"))
def test_memory_is_refused(bench, target):
    """Read, write and execute through each kind of mapping: #GP(0), the instruction not retired."""
    found = [v for v in attacks(outcome_of_all(bench)) if v["target"] == target and v["access"] in ACCESSES]
    assert {(v["access"], v["via"]) for v in found} >= {(a, m) for a in ACCESSES for m in MAPPINGS}, found
    wrong = [v for v in found if v["outcome"] != "gp" or v["rip_advanced"] != "0"]
    assert not wrong, wrong


@processors(2)
@also_on("bochs")
def test_every_page_of_the_vault_is_refused(bench):
    """The vault's pages are somewhere in VTL1's memory: all of it is swept."""
    found = [v for v in attacks(outcome_of_all(bench)) if v["target"] == "vault"]
    assert {v["access"] for v in found} == set(ACCESSES), found
    assert all(v["outcome"] == "gp" for v in found), found


@processors(2)
@also_on("bochs")
def test_controls_succeed(bench):
    """The same code on an unprotected page does what an attacker wants."""
    found = [v for v in attacks(outcome_of_all(bench)) if v["target"] == "control"]
    if bench.emulator != "qemu":
        found = [v for v in found if v["outcome"] != "skipped"]  # no device there has messages
    assert {(v["access"], v["via"]) for v in found} >= {(a, m) for a in ACCESSES for m in MAPPINGS}, found
    assert all(v["outcome"] == "ok" and v["rip_advanced"] == "1" for v in found), found


# The one attack that must succeed when a protection is switched off. A machine that does not survive it is caught too.
MUTANTS = {
    "vtl1-readable": "securekernel-last-read",
    "vtl1-writable": "securekernel-last-write",
    "vtl1-executable": "securekernel-last-execute",
    "hypervisor-mapped": "hypervisor-last-read",
    "no-vtl-check": "protect-securekernel",
    "a20-open": "port-a20",
    "hsave-open": "msr-hsave",
    "messages-open": "msi-init",
}


# On QEMU the machine ends before VTL0 can say so: VTL0 with every second MiB gone, the host's state in VTL0's memory.
NOT_SURVIVED = ("a20-open", "hsave-open")

# VM_HSAVE_PA is AMD's, and on Bochs not where the host's state is; Bochs has no device with MSI.
ON_BOCHS = tuple(mutant for mutant in MUTANTS if mutant not in ("hsave-open", "messages-open"))


@also_on("bochs", mutant=ON_BOCHS)
@also_on("bochs-amd", mutant=ON_BOCHS[:1])
@each(mutant=tuple(MUTANTS))
def test_mutant_is_caught(bench, mutant):
    """With that one protection switched off, the attack's own test fails."""
    if mutant == "hsave-open" and emulators.instructions(bench.emulator, bench.accel) != "AMD SVM":
        raise Skip("VM_HSAVE_PA is AMD's")
    options = f"mode=attack only={MUTANTS[mutant]}"
    outcome = bench.boot(bench.esp(mutants=True, vtl0__options=options, mutant=mutant), seconds=120)
    assert not outcome.succeeded, "the attack was refused although its protection is switched off"
    assert outcome.one("boot"), "VTL0 never ran, so nothing was attacked\n" + bench.story(outcome)
    found = [v for v in attacks(outcome) if v["id"] == MUTANTS[mutant]]
    assert found or (mutant in NOT_SURVIVED and bench.emulator == "qemu"), bench.story(outcome)
    assert not found or found[0]["expected"] == "no", found


def test_a_write_would_be_seen_from_outside(bench):
    """The control of the unchanged pages: where VTL0 may write, the same look finds the page changed."""
    watch = Watch()
    image = bench.esp(mutants=True, vtl0__options="mode=attack only=securekernel-last-write", mutant="vtl1-writable")
    bench.boot(image, on_event=watch.on_event, at_end=watch.at_end)
    assert watch.before["vtl1, last page"] != watch.after["vtl1, last page"]


@also_on("bochs")
def test_mutants_image_without_a_mutant(bench):
    """The control of the mutants: the same image with every protection on refuses the same attacks."""
    outcome = bench.boot(bench.esp(mutants=True, vtl0__options="mode=attack", mutant="none"), seconds=240)
    bench.expect_success(outcome)
    ended = {v["id"]: v["expected"] for v in attacks(outcome)}
    assert {attack: ended.get(attack) for attack in MUTANTS.values()} == dict.fromkeys(MUTANTS.values(), "yes"), bench.story(outcome)


def test_normal_image_holds_no_mutant():
    """No name of a switch is in the normal image, and every one is in the mutants image."""
    normal = artefacts.require(["hypervisor"])["hypervisor"].read_bytes()
    mutants = artefacts.require(["hypervisor"], mutants=True)["hypervisor"].read_bytes()
    names = re.findall(r'M\(\d+, \w+, "([a-z0-9-]+)"\)', (ROOT / "hv/include/hv/mutants.h").read_text())
    assert len(names) >= 15 and set(MUTANTS) <= set(names), names
    for name in names:
        assert name.encode() not in normal, f"{name} is in the normal image"
        assert name.encode() in mutants, f"{name} is not in the mutants image: this test looks for the wrong thing"
