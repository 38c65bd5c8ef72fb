"""The credential-vault demo: answers checked outside the machine, and the secret nowhere it should not be."""

import json

from openvsm_cli import checks, report
from openvsm_cli.session import regions
from openvsm_cli.testing import also_on, each

PASSWORD = "correct horse"
NEEDLES = {"UTF-8": PASSWORD.encode(), "hexadecimal": PASSWORD.encode().hex().encode(), "UTF-16": PASSWORD.encode("utf-16-le")}


def demo(bench, **options):
    credential = bench.credential(password=PASSWORD)
    outcome = bench.boot(bench.esp(vtl0__options="mode=demo"), credential=credential, seconds=240, **options)
    bench.expect_success(outcome)
    return credential, outcome


@each(cpus=(1, 2, 4))
@also_on("bochs", cpus=(2,))
@also_on("bochs-amd", cpus=(2,))
def test_answers(bench, cpus):
    """Both VTLs come up on every processor and each answer equals ours."""
    credential, outcome = demo(bench, cpus=cpus)
    boot = outcome.one("boot")
    assert boot.values == {"processors": str(cpus), "vtl1": "yes"}, boot
    results = checks.of_outcome(outcome, credential)
    assert {check.name for check in results} == {"NTProofStr", "session base key", "HMAC-SHA-256"}, results
    assert all(check.agrees for check in results), results


def test_a_wrong_password_would_be_seen(bench):
    """The control of the check above: against another password nothing agrees."""
    _, outcome = demo(bench)
    results = checks.of_outcome(outcome, bench.credential(password=PASSWORD + "!"))
    assert results and not any(check.agrees for check in results), results


def test_blobs_are_refused(bench):
    """A changed, truncated or foreign blob is refused, all with one and the same status."""
    _, outcome = demo(bench)
    refused = {event.values["case"]: event.number("status") for event in outcome.all("refused")}
    assert {"bit-flip", "truncated"} <= set(refused), refused
    assert len(set(refused.values())) == 1 and 0 not in refused.values(), refused


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
    from openvsm_cli.qemu import MachineSpec
    document = json.dumps(report.document(outcome, MachineSpec(disk=None), credential, results, {}))
    found.extend(search(document.encode(), "the JSON report"))
    assert document.count("nt_proof_str") and not found, found


def memory_outside_vtl1(machine):
    """All 512 MiB but VTL1's own region, as QEMU holds them after the power-off."""
    base, size = regions(machine.log_text("hv"))["vtl1"]
    data = bytearray(machine.read_memory(0, 512 << 20))
    data[base:base + size] = bytes(size)
    return search(data, "memory outside VTL1")
