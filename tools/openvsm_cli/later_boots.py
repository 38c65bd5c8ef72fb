"""The demo's machine after a power-off: the same TPM and store, and then an old copy of the store."""

import dataclasses
import secrets as random
import shutil
from dataclasses import dataclass, field

from openvsm_cli import checks, places, verify, verify_kerberos
from openvsm_cli.blob_store import BlobStore
from openvsm_cli.paths import BUILD
from openvsm_cli.session import Session
from openvsm_cli.vault_scan import ScanTalk
from openvsm_cli.vault_talk import Request, Talk

ETYPE, ITERATIONS = 18, 4096        # of the demo's Kerberos key
OLD_STATE = "old-state"


@dataclass
class Boot:
    name: str
    wanted: str         # how the vault's state has to be
    outcome: object
    answers: list
    checks: list = field(default_factory=list)

    def answer(self, verb):
        return next((answer for answer in self.answers if answer.verb == verb), None)

    @property
    def state(self):
        """'open', or why not."""
        info = self.answer("info")
        if info is None or not info.succeeded:
            return "no answer"
        return "open" if info.values.get("state") == "open" else info.values.get("reason", "refused")

    def all_checks(self):
        return [checks.Check(f"state, {self.name} store", self.state, self.wanted, self.state == self.wanted), *self.checks]


def password_of(outcome):
    """The number under which the vault has the demo's password."""
    found = [event.values["credential"] for event in outcome.all("enrolled") if event.values.get("type") == "password"]
    return found[0] if found else None


def keys_of(credential):
    """What the vault has made of the password, and nobody else may have."""
    salt = (credential.domain + credential.user).encode()
    return [verify.hmac_key(credential.user, credential.domain, credential.password),
            verify.ntowf_v2(credential.user, credential.domain, credential.password),
            verify_kerberos.string_to_key(ETYPE, credential.password, salt, ITERATIONS)]


class Machine:
    """The demo's, to be switched on again."""

    def __init__(self, spec, image):
        self.spec, self.image = spec, image

    def boot(self, name, mode, store, talk):
        """-> (Outcome, [Answer])"""
        disk = self.image.configure(vtl0__options=f"mode={mode} store=com1").write_disk(places.disk(BUILD / "run"))
        try:
            spec = dataclasses.replace(self.spec, disk=disk)
            outcome = Session(spec, places.claim_logs(f"run-{name}"), on_event=talk.on_event, store=store).run()
        finally:
            talk.wipe()
            disk.unlink()
        return outcome, talk.answers


def same_store(machine, store, number, credential):
    """The vault opens its state again and answers as before, from keys that VTL0 does not find in its memory."""
    message = random.token_bytes(32)
    requests = [Request("info"), Request("list"), Request("audit"), Request("hmac", ("id", number), ("message", message)),
                Request("preauth", ("id", number), ("etype", str(ETYPE)))]
    found = Boot("same", "open", *machine.boot("same", "vault-scan", store, ScanTalk(requests, keys_of(credential))))
    tag, log = found.answer("hmac"), found.answer("audit")
    if tag and tag.succeeded:
        found.checks.append(checks.hmac_of("HMAC after power-off", message, tag.hex("tag"), credential))
    if log and log.succeeded:
        found.checks.append(checks.of_log(log.rows, log.values))
    return found


def old_store(machine, copy):
    """Everything in the copy is the vault's own, and yet not what it saved last."""
    return Boot("old", OLD_STATE, *machine.boot("old", "vault", BlobStore(copy), Talk([Request("info"), Request("list")])))


def both(spec, place, image, outcome, credential):
    """-> [Boot]. place: of the first boot, whose store the attacker copied behind it."""
    copy = place.folder / "copy"
    shutil.copytree(place.blobs, copy)
    machine = Machine(spec, image)
    return [same_store(machine, place.store, password_of(outcome), credential), old_store(machine, copy)]
