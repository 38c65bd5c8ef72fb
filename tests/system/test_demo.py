"""The credential-vault demo: answers checked outside the machine, and the secret nowhere it should not be."""

import json

from openvsm_cli import checks, report, vault_words
from openvsm_cli.demo_run import DemoRun
from openvsm_cli.qemu import MachineSpec
from openvsm_cli.session import regions
from openvsm_cli.testing import also_on, each

PASSWORD = "correct horse"
NEEDLES = {"UTF-8": PASSWORD.encode(), "hexadecimal": PASSWORD.encode().hex().encode(), "UTF-16": PASSWORD.encode("utf-16-le")}


ANSWERS = {"NTProofStr", "session base key", "HMAC-SHA-256", "one-time password", "signature, ed25519", "signature, ecdsa-sha256",
           "Kerberos timestamp", "audit log's end"}
OF_THE_PASSWORD = {"NTProofStr", "session base key", "HMAC-SHA-256", "Kerberos timestamp"}
REFUSALS = {"pin-required": "pin-required", "pin-wrong": "pin-wrong", "used-up": "used-up", "ntlmv1": "weak", "mschapv2": "weak",
            "rsa-raw": "weak", "missing": "storage-failed",
            **dict.fromkeys(("bit-flip", "removed", "swapped", "truncated", "half", "empty", "extended"), "blob-refused")}


def demo(bench, **options):
    credential = bench.credential(password=PASSWORD)
    outcome = bench.boot(bench.esp(vtl0__options="mode=demo"), credential=credential, seconds=240, **options)
    bench.expect_success(outcome)
    return credential, outcome


@each(cpus=(1, 2, 4))
@also_on("bochs", cpus=(2,))
def test_answers(bench, cpus):
    """Both VTLs come up on every processor and each answer equals ours."""
    credential, outcome = demo(bench, cpus=cpus)
    boot = outcome.one("boot")
    assert boot.values == {"processors": str(cpus), "vtl1": "yes"}, boot
    results = checks.of_outcome(outcome, credential)
    assert {check.name for check in results} == ANSWERS, results
    assert all(check.agrees for check in results), results


def test_a_wrong_password_would_be_seen(bench):
    """The control of the check above: against another password nothing agrees that is made of it."""
    _, outcome = demo(bench)
    results = checks.of_outcome(outcome, bench.credential(password=PASSWORD + "!"))
    assert {check.name for check in results if not check.agrees} == OF_THE_PASSWORD, results


def test_refusals(bench):
    """What is weak, without its PIN, used up, or made of another blob than the newest is refused by the vault, for its reason; and
    VTL0 cannot change its log unnoticed."""
    _, outcome = demo(bench)
    refused = {event.values["case"]: event.values for event in outcome.all("refused")}
    numbers = vault_words.enum_of("credvault_status")
    wanted = {case: {"case": case, "status": str(numbers[name]), "name": name, "origin": "vault"} for case, name in REFUSALS.items()}
    assert refused == wanted, refused
    faults = {event.values["case"]: event.values["log"] for event in outcome.all("audit-fault")}
    assert faults == {"changed": "changed-entry", "left-out": "missing-entry"}, faults


def search(data, where):
    return [f"{kind} copy in {where}" for kind, needle in NEEDLES.items() if needle in data]


def test_password_stays_out_of_sight(bench):
    """Not on the emulator's command line, in no log, in no report, and afterwards in no memory outside VTL1."""
    found = []

    def at_provisioning(machine, event):
        if event.name == "provision" and "accepted" in event.words:
            with open(f"/proc/{machine.process.pid}/cmdline", "rb") as file:
                found.extend(search(file.read(), "the emulator's command line"))

    def at_end(machine):
        found.extend(memory_outside_vtl1(machine))

    credential, outcome = demo(bench, memory=512, on_event=at_provisioning, at_end=at_end)
    for path in outcome.logs.iterdir():
        found.extend(search(path.read_bytes(), path.name))
    results = checks.of_outcome(outcome, credential)
    document = json.dumps(report.document(DemoRun(outcome, MachineSpec(disk=None), credential, {}, results, {})))
    found.extend(search(document.encode(), "the JSON report"))
    assert document.count("nt_proof_str") and not found, found


def memory_outside_vtl1(machine):
    """All 512 MiB but VTL1's own region, as QEMU holds them after the power-off."""
    base, size = regions(machine.log_text("hv"))["vtl1"]
    data = bytearray(machine.read_memory(0, 512 << 20))
    data[base:base + size] = bytes(size)
    return search(data, "memory outside VTL1")
