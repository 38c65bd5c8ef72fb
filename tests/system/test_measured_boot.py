"""Measured boot: the values of the PCRs, read from the TPM itself past the machine, against those of the files that were booted."""

import hashlib
import re
import struct

from openvsm_cli import esp, signing, vsm_info
from openvsm_cli.paths import BUILD

LOADER = "EFI/BOOT/BOOTX64.EFI"
KERNEL = "EFI/openvsm/securekernel.img"
VAULT = "EFI/openvsm/trustlets/credvault.img"
HELLO = BUILD / "trustlets/hello/hello.img"
HYPERVISOR = BUILD / "hv/boot/BOOTX64.hv"
SIGNATURE = 256         # bytes in front of what is measured of a signed image: abi/image.h
OWNER_MAGIC, OWNER_SIZE = (0x524E574F4D535630).to_bytes(8, "little"), 432   # abi/owner.h
CODE, CHOICES, TRUSTLETS = 11, 12, 13
TARGET = 23             # which mode=tpm of VTL0's kernel tries to extend, and nobody else does
PUSHED = bytes([0xA5]) * 32
ABSENT = {"id": "ffffffff", "vendor": "ffff", "access": "ff"}   # a bus without a TPM
SEPARATOR = bytes(4)
CAP = b"OpenVSM root taken\0"
SHA256, EV_IPL = 0x000B, 0xD                    # TPM_ALG_SHA256; the event type of a boot loader's measurements
MEMORY, LOG_BELOW_END = 1024 << 20, 128 << 20   # the firmware takes its memory from the end


def value(*measured):
    """Of a PCR into which these byte strings were measured, one after the other."""
    pcr = bytes(32)
    for data in measured:
        pcr = hashlib.sha256(pcr + hashlib.sha256(data).digest()).digest()
    return pcr


def owner_block(loader):
    found = [at.start() for at in re.finditer(re.escape(OWNER_MAGIC), loader)]
    blocks = [loader[at:at + OWNER_SIZE] for at in found if loader[at + 8:at + 12] == b"\1\0\0\0"]
    assert len(blocks) == 1, found
    return blocks[0]


def configuration(securekernel="\\EFI\\openvsm\\securekernel.img", trustlet="\\EFI\\openvsm\\trustlets\\credvault.img"):
    return f"vtl1.securekernel = {securekernel}\nvtl1.trustlet = {trustlet}\nvtl1.memory = 16\nmutant = 0\n".encode()


def expected(image):
    """Of the normal machine with the files of this image."""
    return {CODE: value(HYPERVISOR.read_bytes(), image.read(KERNEL)[SIGNATURE:], SEPARATOR, CAP),
            CHOICES: value(owner_block(image.read(LOADER)), configuration(), SEPARATOR),
            TRUSTLETS: value(image.read(VAULT)[SIGNATURE:], SEPARATOR)}


def expected_without_vtl1():
    return {CODE: value(HYPERVISOR.read_bytes(), SEPARATOR, CAP), CHOICES: value(configuration("none", ""), SEPARATOR),
            TRUSTLETS: value(SEPARATOR)}


def boot(bench, image, tpm, mode="vsm-info", interface="tis"):
    """-> (outcome, PCRs, the memory the firmware's event log is in) when the machine had switched itself off."""
    found, memory = {}, []

    def read(machine):
        memory.append(machine.read_memory(MEMORY - LOG_BELOW_END, LOG_BELOW_END))
        machine.kill()
        found.update(machine.tpm.pcrs((0, CODE, CHOICES, TRUSTLETS, TARGET)))

    outcome = bench.expect_success(bench.boot(image.configure(vtl0__options=f"mode={mode}"), memory=MEMORY >> 20, tpm=tpm,
                                              tpm_interface=interface, at_end=read))
    assert found[0] != bytes(32), "the firmware measured nothing: is this the machine's TPM?"
    return outcome, found, memory[0]


def in_event_log(memory, pcr, data, words):
    """Is there an event of this PCR whose SHA-256 digest is the data's? TCG_PCR_EVENT2 of the Platform Firmware Profile."""
    digests = rb".{4,80}?" + re.escape(struct.pack("<H", SHA256) + hashlib.sha256(data).digest()) + rb".{0,180}?"
    said = struct.pack("<I", len(words)) + words
    return re.search(re.escape(struct.pack("<II", pcr, EV_IPL)) + digests + re.escape(said), memory, re.S) is not None


def expect_event_log(memory, image):
    kernel = image.read(KERNEL)[SIGNATURE:]
    assert not in_event_log(memory, TRUSTLETS, kernel, b"OpenVSM secure kernel\0")
    for event in ((CODE, HYPERVISOR.read_bytes(), b"OpenVSM hypervisor\0"), (CODE, kernel, b"OpenVSM secure kernel\0"),
                  (CHOICES, owner_block(image.read(LOADER)), b"OpenVSM owner block\0"), (CHOICES, configuration(), configuration()),
                  (TRUSTLETS, image.read(VAULT)[SIGNATURE:], b"OpenVSM trustlet\0"), (CODE, CAP, CAP)):
        assert in_event_log(memory, *event), event[2]


def another_owners(bench):
    """A secure kernel of another version and another trustlet, signed by another owner."""
    owner = signing.Owner()
    image = bench.esp().change(LOADER, owner.own)
    kernel = ("--kind", "securekernel", "--name", "securekernel", "--identity", "3d1c7a52-90be-4f0a-8d46-2b7e55a1c9f4")
    image.change(KERNEL, lambda file: owner.image(file[signing.HEADERS:], *kernel, "--security-version", "2"))
    return image.change(VAULT, lambda file: owner.image(HELLO.read_bytes()[signing.HEADERS:]))


def ours(pcrs):
    return {pcr: pcrs[pcr] for pcr in (CODE, CHOICES, TRUSTLETS)}


def read_by_vtl1(outcome):
    return {int(number): bytes.fromhex(value) for number, value in re.findall(r"TPM PCR (\d+) ([0-9a-f]{64})$", outcome.text["vtl1"], re.M)}


def expect_no_tpm_in_vtl0(outcome, pcrs):
    """Every locality looks like a bus without a device, and what VTL0 pushed reached nobody."""
    seen = [{name: event.values[name] for name in ABSENT} for event in outcome.all("tpm-locality")]
    assert seen == [ABSENT] * 6, seen
    assert pcrs[TARGET] == bytes(32), pcrs


def expect_vtl0_has_the_tpm(outcome, pcrs):
    """The same loads and the same stores as above, where nobody took the TPM: they work."""
    seen = [event.values for event in outcome.all("tpm-locality")]
    assert len(seen) == 6 and all(event["id"] != "ffffffff" and event["id"].endswith(event["vendor"]) for event in seen), seen
    assert pcrs[TARGET] == hashlib.sha256(bytes(32) + PUSHED).digest(), pcrs


def test_pcrs(bench):
    """What is in the PCRs is what the files say, in a boot of the build's files, of others, and of none. VTL1 reads the same, and VTL0
    has the TPM where there is no VTL1, and only there. By the CRB interface first, then by FIFO."""
    with bench.tpm() as state:
        image = bench.esp()
        outcome, pcrs, memory = boot(bench, image, state, interface="crb")
        usual = ours(pcrs)
        assert usual == expected(image) == read_by_vtl1(outcome), usual
        assert pcrs[TARGET] == bytes(32), pcrs
        expect_event_log(memory, image)
        told = vsm_info.document(outcome)["tpm"]
        assert told["present"] and told["pcrs_extended"] == [CODE, CHOICES, TRUSTLETS] and "SHA-256" in told["banks"], told
        assert "boot: TPM 2.0: measured into PCRs 11, 12 and 13" in outcome.text["hv"], outcome.text["hv"]

        other = another_owners(bench)
        outcome, pcrs, _ = boot(bench, other, state, mode="tpm")
        assert ours(pcrs) == expected(other) == read_by_vtl1(outcome), pcrs
        assert not set(ours(pcrs).values()) & set(usual.values()), pcrs
        expect_no_tpm_in_vtl0(outcome, pcrs)

        outcome, pcrs, _ = boot(bench, esp.without_vtl1(), state, mode="tpm")
        assert ours(pcrs) == expected_without_vtl1(), pcrs
        assert not set(ours(pcrs).values()) & set(usual.values()), pcrs
        expect_vtl0_has_the_tpm(outcome, pcrs)


def test_mutant(bench):
    """A hypervisor that leaves VTL0 its rights to what VTL1 takes leaves it the TPM."""
    with bench.tpm() as state:
        outcome, pcrs, _ = boot(bench, bench.esp(mutants=True, mutant="vtl1-writable"), state, mode="tpm")
        expect_vtl0_has_the_tpm(outcome, pcrs)
