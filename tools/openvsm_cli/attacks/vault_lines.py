"""Attacks on the vault's policies: VTL0's kernel asks, as whoever owns it can, and the vault must refuse by the right name."""

from openvsm_cli.attacks import Succeeded
from openvsm_cli.vault_talk import Request, Talk

SECONDS = 90
GOOD = "success"


class VaultLines:
    """steps: (a request as VTL0's console takes it, how it must end). Those that must succeed are what the attack needs and its
    positive control; the others are the attack."""

    def __init__(self, *steps):
        self.steps = steps

    def attack(self, bench, cpus, mutant=None):
        talk = Talk([Request.of_text(line) for line, _ in self.steps])
        outcome = bench.boot(bench.attack_esp(mutant, vtl0__options="mode=vault"), cpus=cpus, seconds=SECONDS, on_event=talk.on_event)
        said = [(line, wanted, answer.name) for (line, wanted), answer in zip(self.steps, talk.answers)]
        assert said, "the vault never answered\n" + bench.story(outcome)
        got = [f"'{line}' was {name}, not {wanted}" for line, wanted, name in said if wanted != GOOD and name != wanted]
        if got:
            raise Succeeded("; ".join(got))
        assert len(said) == len(self.steps), bench.story(outcome)
        failed = [f"'{line}' was {name}" for line, wanted, name in said if wanted == GOOD and name != GOOD]
        assert not failed, f"what must work did not: {failed}"
        return f"{sum(wanted != GOOD for _, wanted, _ in said)} requests refused, {sum(wanted == GOOD for _, wanted, _ in said)} answered"
