"""Attacks by whoever writes the boot medium: VTL1 must not come up from what the owner did not sign, and nothing goes on without
it."""

from openvsm_cli.attacks import Succeeded, boots

SECONDS = 90
SETTLE = 10
KERNEL = "EFI/openvsm/securekernel.img"
VAULT = "EFI/openvsm/trustlets/credvault.img"
LOADER = "EFI/BOOT/BOOTX64.EFI"


class Medium:
    """edit(ESP) is what the attacker does to the medium; word: of the one line that says why nothing starts."""

    def __init__(self, word, edit):
        self.word, self.edit = word, edit

    def control(self, bench, cpus):
        """The medium as it was made boots, with VTL1."""
        event = boots.of_all(bench, 2).one("boot")
        assert event and event.values["vtl1"] == "yes", "the medium as it was made does not start VTL1"

    def attack(self, bench, cpus, mutant=None):
        image = bench.attack_esp(mutant, vtl0__options="mode=vsm-info")
        self.edit(image)
        outcome = bench.boot(image, cpus=cpus, seconds=SECONDS, settle=SETTLE, may_hang=mutant is not None)
        event = outcome.one("boot")
        if event:
            raise Succeeded(f"VTL0 runs, VTL1: {event.values['vtl1']}")
        return bench.expect_refusal(outcome, self.word)
