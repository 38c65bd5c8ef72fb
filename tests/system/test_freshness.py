"""What the machine remembers for a trustlet: over reboots by a TPM, through either interface, and what becomes of a TPM that somebody
has written to in between, with the root's own passwords."""

import hashlib
import struct
import tempfile
from pathlib import Path

from openvsm_cli.cmd_call import PLACE
from openvsm_cli.paths import BUILD
from openvsm_cli.testing import also_on, each, tpm_root
from openvsm_cli.testing.tpm_freshness import Freshness
from openvsm_cli.tpm import SoftwareTPM

KEEPER = BUILD / "tests/trustlets/keeper/keeper.img"
IDENTITY = bytes.fromhex("c3a5f0176e0b4d929b7c18f24e60ad35")
VERSION = 1                             # its security version
LOOK, SET, NEXT, FORGET, TIME = 1, 2, 3, 4, 5
NONE, IS_SET, FOREIGN, ROLLED_BACK = range(4)   # enum ium_freshness_state
CONFLICT = 3 + 100 + 1          # KEEPER_SAID and IUM_FRESH_CONFLICT
MEMORY, LOG_BELOW_END = 1024 << 20, 128 << 20   # the firmware takes its memory from the end
DELAY_LIMIT = 200_000           # instructions
SHIFT = 4                       # an instruction takes 16 ns of the emulated time, in which the TSC counts
A, B, C = (bytes([digit]) * 32 for digit in (0xA1, 0xB2, 0xC3))


def call(number, data=b""):
    return f"{number}:{data.hex()}" if data else str(number)


class Answers:
    """Of the keeper, in one boot that ended by a power cut: what was asked, in order."""

    def __init__(self, bench, calls, tpm=None, interface="tis", seconds=120, extra=(), **settings):
        image = bench.esp(vtl0__options="mode=call call=" + ",".join(calls), vtl1__trustlet="\\" + PLACE.replace("/", "\\"), **settings)
        image.files[PLACE] = KEEPER
        self.memory = None
        self.outcome = bench.expect_success(bench.boot(image, memory=tpm and MEMORY >> 20, tpm=tpm, tpm_interface=interface,
                                                       at_end=tpm and self._cut, seconds=seconds, extra=extra))
        self.left = [(int(event.values["status"]), bytes.fromhex(event.values["data"])) for event in self.outcome.all("answer")]
        assert len(self.left) == len(calls), bench.story(self.outcome)

    def _cut(self, machine):
        self.memory = machine.read_memory(MEMORY - LOG_BELOW_END, LOG_BELOW_END)
        machine.kill()

    def status(self):
        return self.left.pop(0)[0]

    def looked(self):
        """-> (state, lasting, generation, clock, digest)"""
        status, data = self.left.pop(0)
        assert status == 0, status
        return struct.unpack("<IIQQ32s", data)

    def time(self):
        return struct.unpack("<Q", self.left.pop(0)[1])[0]

    def done(self):
        assert not self.left, self.left


def root_of(tpm, memory):
    """The key root of that boot, from its event log and its TPM, whose power comes on now."""
    found = [(pcr, digest) for pcr, digest, _ in tpm_root.events(memory)]
    before = found[:found.index((11, hashlib.sha256(b"OpenVSM root taken\0").digest()))]
    tpm.startup()
    for pcr, digest in before:
        tpm.extend(pcr, digest)
    secret = tpm.secret(tpm_root.policy_of({pcr: tpm_root.replayed(before, pcr) for pcr in tpm_root.PCRS}))
    return b"".join(tpm_root.derived(secret, b"openvsm key root", half) for half in (b"\0", b"\1"))


def by_hand(state, memory, change):
    """change(freshness) with another system on this machine that somehow knows the root."""
    with tempfile.TemporaryDirectory() as folder:
        software = SoftwareTPM(state, Path(folder), Path(folder) / "log", 60)
        try:
            with software.talk(initialise=True) as exchange:
                tpm = tpm_root.TPM(exchange)
                change(Freshness(tpm, root_of(tpm, memory), IDENTITY, VERSION))
        finally:
            software.stop()


def expect_look(answers, state, digest=bytes(32), lasting=1):
    """-> (generation, clock)"""
    found, lasts, generation, clock, now = answers.looked()
    assert (found, lasts, now) == (state, lasting, digest), (found, lasts, generation, now.hex())
    assert (generation == 0) == (state != IS_SET), generation
    return generation, clock


def roll_back(generation, digest):
    """Makes both indices again, with a record that was good once."""
    def change(freshness):
        assert freshness.read(freshness.record) == freshness.close(generation + 1, B)
        assert int.from_bytes(freshness.read(freshness.counter), "big") == generation + 1
        for handle in (freshness.record, freshness.counter):
            freshness.undefine(handle)
            freshness.define(handle)
        freshness.increment()
        assert int.from_bytes(freshness.read(freshness.counter), "big") > generation + 1
        freshness.write(freshness.close(generation, digest))
    return change


def test_over_reboots(bench):
    """What was set is there in the next boot, by CRB as by FIFO; the clock goes on. An old record that somebody puts back, with
    everything that makes a record good, is ROLLED_BACK: nothing can be set over it, and forgetting helps."""
    with bench.tpm() as state:
        first = Answers(bench, [call(LOOK), call(NEXT, A), call(LOOK), call(NEXT, B), call(LOOK)], state, "crb")
        expect_look(first, NONE)
        assert first.status() == 0
        generation, _ = expect_look(first, IS_SET, A)
        assert first.status() == 0
        now, clock = expect_look(first, IS_SET, B)
        assert now == generation + 1, (now, generation)

        wrong = call(SET, struct.pack("<Q", generation) + C)
        second = Answers(bench, [call(LOOK), wrong, call(LOOK), call(TIME), call(TIME)], state)
        later, clock_later = expect_look(second, IS_SET, B)
        assert later == now and clock_later > clock, (later, now, clock_later, clock)
        assert second.status() == CONFLICT
        expect_look(second, IS_SET, B)
        times = second.time(), second.time()
        assert 0 < times[0] < times[1], times

        by_hand(state, second.memory, roll_back(generation, A))
        third = Answers(bench, [call(LOOK), call(NEXT, C), call(LOOK), call(FORGET), call(LOOK), call(NEXT, C), call(LOOK)], state)
        expect_look(third, ROLLED_BACK)
        assert third.status() == CONFLICT
        expect_look(third, ROLLED_BACK)
        assert third.status() == 0
        expect_look(third, NONE)
        assert third.status() == 0
        assert expect_look(third, IS_SET, C)[0] > now
        third.done()


@each(interface=("tis", "crb"))
def test_delay(bench, interface):
    """No tick of VTL0's timer is late by more instructions than docs/secure-kernel.md allows while VTL1 and the TPM are at work."""
    with bench.tpm() as state:
        asked = [call(NEXT, A), call(LOOK), call(NEXT, B)] + 20 * [call(FORGET)]
        answers = Answers(bench, asked, state, interface, seconds=400, extra=("-icount", f"shift={SHIFT},sleep=off"))
        worst, ticks = (int(answers.outcome.one("call-delay").values[name]) for name in ("tsc", "ticks"))
        assert ticks > 3 and 0 < worst >> SHIFT <= DELAY_LIMIT, (worst >> SHIFT, ticks)
        assert [answers.status() for _ in asked] == [0] * len(asked)


def make_anew(freshness):
    """As anybody can who boots another system: passwords of his own."""
    freshness.undefine(freshness.record)
    freshness.define(freshness.record, auth=bytes(32))


def test_of_others(bench):
    """A record under another root is FOREIGN, and can be forgotten; so is what was made then, for the first root."""
    with bench.tpm() as state:
        first = Answers(bench, [call(NEXT, A), call(LOOK)], state)
        assert first.status() == 0
        generation, _ = expect_look(first, IS_SET, A)
        other = Answers(bench, [call(LOOK), call(NEXT, B), call(FORGET), call(NEXT, B), call(LOOK)], state, vtl1__memory="17")
        expect_look(other, FOREIGN)
        assert other.status() == CONFLICT
        assert (other.status(), other.status()) == (0, 0)
        assert expect_look(other, IS_SET, B)[0] > generation
        again = Answers(bench, [call(LOOK)], state)
        expect_look(again, FOREIGN)


def test_deleted(bench):
    """Whoever deletes the record leaves nothing behind that could be taken for an old state, and nothing that is in the way."""
    with bench.tpm() as state:
        first = Answers(bench, [call(NEXT, A), call(LOOK)], state)
        assert first.status() == 0
        generation, _ = expect_look(first, IS_SET, A)
        by_hand(state, first.memory, make_anew)
        second = Answers(bench, [call(LOOK), call(NEXT, B), call(LOOK)], state)
        expect_look(second, NONE)
        assert second.status() == 0
        assert expect_look(second, IS_SET, B)[0] > generation


@also_on("bochs")
def test_without_a_tpm(bench):
    """The same for this boot, on any machine."""
    calls = [call(LOOK), call(NEXT, A), call(LOOK), call(NEXT, B), call(LOOK), call(FORGET), call(LOOK), call(TIME), call(TIME)]
    answers = Answers(bench, calls)
    expect_look(answers, NONE, lasting=0)
    assert answers.status() == 0
    generation, _ = expect_look(answers, IS_SET, A, lasting=0)
    assert answers.status() == 0
    now, _ = expect_look(answers, IS_SET, B, lasting=0)
    assert now == generation + 1
    assert answers.status() == 0
    expect_look(answers, NONE, lasting=0)
    assert answers.time() < answers.time()
