"""Everything that a demo run came to: the first boot, the boots behind it, and what we computed ourselves."""

from dataclasses import dataclass, field

from openvsm_cli import checks, later_boots, places
from openvsm_cli.machine_options import has_tpm
from openvsm_cli.session import Session
from openvsm_cli.vault_place import VaultPlace


@dataclass
class DemoRun:
    outcome: object
    spec: object
    credential: object
    digests: dict
    checks: list                                # of the first boot
    kept: dict                                  # {name: size} of the blobs that VTL0 has then
    later: list = field(default_factory=list)   # of later_boots.Boot

    def all_checks(self):
        return self.checks + [check for boot in self.later for check in boot.all_checks()]

    @property
    def succeeded(self):
        return self.outcome.succeeded and all(boot.outcome.succeeded for boot in self.later)

    def failed_outcome(self):
        return next((outcome for outcome in (self.outcome, *(boot.outcome for boot in self.later)) if not outcome.succeeded), None)


def with_tpm(options, spec, place):
    """A TPM that is new with this run, unless the kept one is asked for; Bochs has none."""
    return spec if has_tpm(options) else place.with_tpm(spec)


def run(options, spec, image, credential, phases):
    """-> DemoRun. credential: the caller's, and to be wiped."""
    with VaultPlace() as place:
        spec = with_tpm(options, spec, place)
        digests = image.digests()
        with phases.phase("machine"):
            outcome = Session(spec, places.claim_logs("run"), credential, store=place.store).run()
        found = DemoRun(outcome, spec, credential, digests, checks.of_outcome(outcome, credential), sizes(place.store))
        if spec.tpm and outcome.succeeded:
            with phases.phase("the same machine again, twice"):
                found.later = later_boots.both(spec, place, image, outcome, credential)
    return found


def sizes(store):
    return {path.stem: path.stat().st_size for path in store.blobs()}
