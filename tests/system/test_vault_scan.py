"""The vault's hygiene from VTL0's side: no register and no page that VTL0 can read holds what the vault was given to keep."""

import os

import kdc
import vault_machine
from cryptography.hazmat.primitives.keywrap import aes_key_wrap_with_padding

from openvsm_cli import verify, verify_kerberos
from openvsm_cli.testing import each
from openvsm_cli.vault_scan import ScanTalk
from openvsm_cli.vault_talk import Request

MEMORY = 512


class Plan:
    """Secrets of this run, the requests that plant and use them, and what must be found nowhere."""

    def __init__(self):
        self.password = os.urandom(24).hex().encode()
        self.hmac_key, self.kek, self.imported, self.session_key = os.urandom(32), os.urandom(32), os.urandom(64), os.urandom(32)
        self.kerberos = {etype: verify_kerberos.string_to_key(etype, self.password, b"EXAMPLEalice", 4096) for etype in (17, 18)}

    def requests(self):
        return [Request.of_text(line) for line in (
            "add type=password label=p user=alice domain=EXAMPLE password=hex:" + self.password.hex(),
            "add type=symmetric label=h allow=hmac key=hex:" + self.hmac_key.hex(),
            "add type=symmetric label=w allow=wrap,unwrap key=hex:" + self.kek.hex(),
            "import type=symmetric label=i by=3 allow=hmac,export wrapped=hex:" + aes_key_wrap_with_padding(self.kek, self.imported).hex(),
            "respond id=1", "hmac id=1 message=a", "preauth id=1 etype=17", "preauth id=1 etype=18",
            "as-rep id=1 etype=18 cipher=hex:" + kdc.as_rep(self.kerberos[18], 18, self.session_key).hex(),
            "checksum key=1 usage=6 data=request", "hmac id=2 message=a", "hmac id=4 message=a", "wrap id=3 target=4",
            "unlock id=2 pin=0000", "hmac id=99 message=a", "raw command=16 data=hex:00", "list", "audit")]

    def secrets(self):
        """The session key first: of all of these only it stays in VTL1's memory between uses."""
        return [self.session_key, self.password[:32], self.password[32:], self.hmac_key, self.kek, self.imported,
                verify.ntowf_v2("alice", "EXAMPLE", self.password), verify.hmac_key("alice", "EXAMPLE", self.password),
                self.kerberos[17], self.kerberos[18]]


def boot(bench, cpus=1, **configuration):
    plan = Plan()
    talk = ScanTalk(plan.requests(), plan.secrets(), vault_machine.Person(0))
    image = bench.esp(vtl0__options="mode=vault-scan", **configuration)
    outcome = bench.boot(image, cpus=cpus, memory=MEMORY, on_event=talk.on_event, seconds=240)
    used = [answer.verb for answer in talk.answers if answer.succeeded]
    assert len(used) == 16 and outcome.one("vault-scan"), f"{[answer.values for answer in talk.answers]}\n{bench.story(outcome)}"
    return outcome


@each(cpus=(1, 2))
def test_nothing_is_left(bench, cpus):
    """After every operation the registers are as before, and at the end no page has 15 bytes of any secret; VTL0's own copy is found."""
    outcome = boot(bench, cpus=cpus)
    registers, scan = outcome.one("vault-registers"), outcome.one("vault-scan")
    assert registers.number("calls") > 18, registers
    assert (registers.number("general"), registers.number("vector"), registers.number("debug")) == (0, 0, 0), registers
    assert scan.number("hits") == 0, [event.values for event in outcome.all("vault-scan-hit")]
    assert scan.number("controls") >= 3 and scan.number("patterns") == 10, scan
    assert scan.number("pages") >= MEMORY * 256 * 9 // 10, scan
    bench.expect_success(outcome)


def test_memory_that_stays_readable_is_noticed(bench):
    """The mutant: VTL0 keeps its right to read what VTL1 takes, and finds the session key there."""
    outcome = boot(bench, mutants=True, mutant="vtl1-readable")
    found = {event.number("pattern") for event in outcome.all("vault-scan-hit")}
    assert 0 in found and not outcome.succeeded, f"{found}\n{bench.story(outcome)}"
