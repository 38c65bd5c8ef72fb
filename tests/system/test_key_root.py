"""The key root comes from the TPM: the same for the same measured boot, another for everything that is measured, and after the boot
nobody's. A trustlet tells a key that it uses for nothing, so another root is seen as another key."""

import hashlib
import struct
import tempfile
from pathlib import Path

from openvsm_cli import signing
from openvsm_cli.cmd_call import PLACE
from openvsm_cli.paths import BUILD
from openvsm_cli.testing import tpm_root
from openvsm_cli.tpm import SoftwareTPM

LOADER, KERNEL = "EFI/BOOT/BOOTX64.EFI", "EFI/openvsm/securekernel.img"
TELLER, OTHER = (BUILD / f"tests/trustlets/teller/{name}.img" for name in ("teller", "other-teller"))
IDENTITY = bytes.fromhex("5b0e7c6493da4f18a2c5e81f07d4963b")
CODE, CHOICES, TRUSTLETS = 11, 12, 13
CAP = b"OpenVSM root taken\0"
RANDOM, FROM_TPM = 0, 1         # enum ium_root
MEMORY, LOG_BELOW_END = 1024 << 20, 128 << 20   # the firmware takes its memory from the end
BOUND = "key root: from the TPM, bound to this measured boot"
UNBOUND = "key root: random, for this boot only (no TPM)"


def files(bench, trustlet=TELLER, **settings):
    image = bench.esp(vtl0__options="mode=call call=1,2", vtl1__trustlet="\\" + PLACE.replace("/", "\\"), **settings)
    image.files[PLACE] = trustlet
    return image


def told(bench, image, state, interface="tis", after=None):
    """-> (the teller's key, GET_PLATFORM's answer, what COM2 said). after(machine): when QEMU is gone and its TPM is not."""
    def at_end(machine):
        memory = machine.read_memory(MEMORY - LOG_BELOW_END, LOG_BELOW_END)
        machine.kill()
        after(machine.tpm, memory)

    outcome = bench.expect_success(bench.boot(image, memory=MEMORY >> 20, tpm=state, tpm_interface=interface,
                                              at_end=after and at_end))
    key, platform = (bytes.fromhex(event.values["data"]) for event in outcome.all("answer"))
    return key, platform, outcome.text["vtl1"]


def platform_of(values):
    return struct.pack("<II", FROM_TPM, 0) + values[CODE] + values[CHOICES] + values[TRUSTLETS]


def refusal(function, *arguments):
    try:
        return function(*arguments) and None
    except tpm_root.Refused as refused:
        return refused.code


class Log:
    """Of one boot: which digests were extended before the root was taken, and what PCRs and policy were then."""

    def __init__(self, memory):
        found = [(pcr, digest) for pcr, digest, _ in tpm_root.events(memory)]
        self.cap = (CODE, hashlib.sha256(CAP).digest())
        assert found.count(self.cap) == 1, found
        self.before, self.behind = found[:found.index(self.cap)], found[found.index(self.cap) + 1:]
        self.values = {pcr: tpm_root.replayed(self.before, pcr) for pcr in tpm_root.PCRS}
        self.policy = tpm_root.policy_of(self.values)


def expect_closed(tpm, log):
    """Past the machine, by the loader's own commands: the TPM gives the secret of what the PCRs hold now, and not the root's."""
    with tpm.talk() as exchange:
        end = {pcr: tpm_root.replayed([*log.before, log.cap, *log.behind], pcr) for pcr in tpm_root.PCRS}
        commands = tpm_root.TPM(exchange)
        assert refusal(commands.secret, log.policy) == tpm_root.POLICY_FAIL
        other = commands.secret()
        assert commands.secret(tpm_root.policy_of(end)) == other
        return other


def replay(state, log):
    """-> what the same TPM gives without any machine, when somebody extends by hand what that boot extended: before the cap, behind it."""
    with tempfile.TemporaryDirectory() as folder:
        tpm = SoftwareTPM(state, Path(folder), Path(folder) / "log", 60)
        try:
            with tpm.talk(initialise=True) as exchange:
                commands = tpm_root.TPM(exchange)
                commands.startup()
                for pcr, digest in log.before:
                    commands.extend(pcr, digest)
                secret = commands.secret(log.policy)
                assert commands.secret() == secret
                commands.extend(*log.cap)
                assert refusal(commands.secret, log.policy) == tpm_root.POLICY_FAIL
                return secret
        finally:
            tpm.stop()


def test_by_hand(bench):
    """The trustlet's key is the one that docs/boot.md and docs/vault.md describe: made again by hand, with the same TPM and without the
    machine, it is the same. After the boot the TPM does not give the secret to the same commands. By CRB first, then by FIFO."""
    with bench.tpm() as state:
        logs, others = [], []

        def after(tpm, memory):
            logs.append(Log(memory))
            others.append(expect_closed(tpm, logs[-1]))

        key, platform, said = told(bench, files(bench), state, "crb", after)
        again, _, _ = told(bench, files(bench), state, "tis", after)
        assert key == again and BOUND in said and UNBOUND not in said, said
        assert platform == platform_of(logs[0].values), platform.hex()
        assert logs[0].values == logs[1].values, (logs[0].values, logs[1].values)
        secret = replay(state, logs[0])
        assert secret not in others and key == tpm_root.trustlet_key(secret, IDENTITY, 1, b"told"), (secret.hex(), key.hex())


def signed_again(version):
    """Makes the secure kernel's file one of another security version, of the same owner."""
    def change(file):
        with tempfile.TemporaryDirectory() as folder:
            source, result = Path(folder) / "in", Path(folder) / "out"
            source.write_bytes(file[signing.HEADERS:])
            signing.sign("sign", "--key", BUILD / "keys/owner.key", "--kind", "securekernel", "--name", "securekernel", "--identity",
                         "3d1c7a52-90be-4f0a-8d46-2b7e55a1c9f4", "--security-version", str(version), source, result)
            return result.read_bytes()
    return change


def with_a_floor(loader):
    return signing.with_floors(loader, BUILD / "keys/owner.pub", ("00000000-0000-0000-0000-000000000001=1",))


def test_another_root_for_each_difference(bench):
    """Another secure kernel, owner block, trustlet and configuration; and everything back: the first root again."""
    with bench.tpm() as state:
        keys = [told(bench, image, state)[0] for image in (
            files(bench), files(bench).change(KERNEL, signed_again(2)), files(bench).change(LOADER, with_a_floor),
            files(bench, OTHER), files(bench, vtl1__memory="17"), files(bench))]
        assert keys[0] == keys[-1], keys
        assert len(set(keys)) == len(keys) - 1, keys


def test_another_tpm(bench):
    """A TPM that was cleared, and another one: other roots for the same files. A TPM that wants an owner's password: no start. None: a
    root of this boot."""
    def clear(tpm, _):
        with tpm.talk() as exchange:
            tpm_root.TPM(exchange).clear()

    def set_password(tpm, _):
        usual.append(tpm.pcrs((CODE,))[CODE])
        with tpm.talk() as exchange:
            tpm_root.TPM(exchange).set_owner_password(b"owned")

    usual = []
    with bench.tpm() as state, bench.tpm() as other:
        keys = [told(bench, files(bench), state, after=clear)[0], told(bench, files(bench), state)[0],
                told(bench, files(bench), other, after=set_password)[0]]
        capped = []
        refused = bench.boot(files(bench), tpm=other, at_end=lambda machine: (machine.kill(), capped.append(machine.tpm.pcrs((CODE,)))))
        assert capped == [{CODE: usual[0]}], capped     # after a failure too, so that nobody else comes to the root then
        assert "error: TPM 2.0: no key root, TPM2_CreatePrimary answers 0x9a2: the owner hierarchy has a password" in refused.text["hv"], (
            bench.story(refused))
        assert not refused.all("answer"), bench.story(refused)
    for _ in range(2):
        key, platform, said = told(bench, files(bench), None)
        assert platform == bytes(104) and UNBOUND in said and BOUND not in said, said
        keys.append(key)
    assert len(set(keys)) == len(keys), keys
