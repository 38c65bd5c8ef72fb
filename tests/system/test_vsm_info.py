"""vsm-info: what the machine says of itself, against what the build and the processor's model know."""

import hashlib
import json
import re
import subprocess

from openvsm_cli import esp, vsm_info
from openvsm_cli.paths import BUILD, ROOT
from openvsm_cli.testing import also_on

VAULT = BUILD / "trustlets/credvault/credvault.img"
KERNEL = BUILD / "vtl1-securekernel/securekernel.img"
HYPERVISOR = BUILD / "hv/boot/BOOTX64.hv"
ON = {"write_protect", "no_execute", "smep", "smap", "umip", "vector_traps", "vtl_protection", "secure_intercepts", "vina",
      "zero_memory_on_reset"}


def inspect(image):
    """What openvsm-sign says of the file."""
    done = subprocess.run([BUILD / "tools/openvsm-sign", "inspect", "--json", image], capture_output=True, check=True)
    return json.loads(done.stdout)


def boot(bench, image=None, **more):
    outcome = bench.boot((image or bench.esp()).configure(vtl0__options="mode=vsm-info"), **more)
    return bench.expect_success(outcome)


def ask(bench, image=None, **more):
    return vsm_info.document(boot(bench, image, **more))


def found_by_loader(outcome):
    """The features that the loader found on every processor, by another way: its own CPUID and MSRs, before the launch."""
    return re.search(r"boot: features:(.*)", outcome.text["hv"])[1].split()


def members(found):
    """Every name of the document, those of its parts too."""
    for name, value in found.items():
        yield name
        for part in value if isinstance(value, list) else [value]:
            yield from members(part) if isinstance(part, dict) else ()


def expect_state(bench, found):
    assert found["virtualization_based_security"] == "Running" and found["virtual_trust_levels"] == [0, 1], found
    assert found["back_end"] == bench.ran and found["processor_vendor"] == ("amd" if bench.ran == "AMD SVM" else "intel"), found
    assert set(found["required_security_properties"]) <= set(found["available_security_properties"]), found
    assert found["security_services_configured"] == found["security_services_running"] == ["Credential vault"], found
    assert found["secure_boot_state"] != "on" and found["tpm"] == {"present": False, "pcrs_extended": [], "banks": []}, found
    kernel = found["secure_kernel"]
    assert kernel["secure_calls"] > 0 and kernel["donated_kib"] == 0 and kernel["handles"] == 0 and kernel["system_threads"] == 1, kernel


def expect_protections(found, features):
    """UMIP is on where the processors have it. Mode-based execution control our secure kernel does not ask for."""
    told = dict(found["protections"])
    assert told.pop("default_vtl0_rights") == ["read", "write", "kernel execute", "user execute"], found
    umip, mbec = "UMIP" in features, "MBEC" in features
    assert {name for name, state in told.items() if state == "on"} == (ON if umip else ON - {"umip"}), told
    assert told["umip"] == ("on" if umip else "not available") and told["mbec"] == ("off" if mbec else "not available"), told
    assert mbec == ("Mode-based execution control" in found["available_security_properties"]), found
    assert told["deny_lower_vtl_startup"] == "off", told


def expect_identities(found):
    kernel, vault = inspect(KERNEL), inspect(VAULT)
    assert found["measured_identities"] == {
        "hypervisor_sha256": hashlib.sha256(HYPERVISOR.read_bytes()).hexdigest(),
        "secure_kernel_sha256": kernel["measurement"], "owner_key_sha256": kernel["key_hash"]}, found
    assert found["secure_kernel"]["security_version"] == kernel["security_version"], found
    assert found["secure_kernel"]["debug"] == kernel["debug"], found
    told, = found["trustlets"]
    assert told["configured"] and told["state"] == "running" and told["sessions"] == 0, told
    same = {"name": "name", "identity": "identity", "security_version": "security_version", "debug": "debug",
            "measurement": "measurement_sha256"}
    assert {name: told[name] for name in same.values()} == {same[name]: vault[name] for name in same}, told


@also_on("bochs")
@also_on("bochs-amd")
def test_running(bench):
    """State, services, protections and every measured identity, in JSON and in text; no member without its line in the document."""
    outcome = boot(bench, cpus=2)
    found = vsm_info.document(outcome)
    expect_state(bench, found)
    assert "boot: TPM 2.0: none, nothing is measured into PCRs" in outcome.text["hv"], outcome.text["hv"]
    expect_protections(found, found_by_loader(outcome))
    expect_identities(found)
    text = "\n".join(vsm_info.lines(found))
    for words in ("Virtualization-based security          Running", "services running                     Credential vault",
                  "TPM                                    none",
                  "protections on                       CR0.WP, EFER.NXE, SMEP, SMAP",
                  "protections off                      DenyLowerVtlStartup",
                  *found["measured_identities"].values(), found["trustlets"][0]["measurement_sha256"]):
        assert words in text, f"{words}\n{text}"
    page = (ROOT / "docs/vsm-info.md").read_text()
    missing = [name for name in members(found) if f"`{name}`" not in page]
    assert not missing, missing


def test_processor_without_umip(bench):
    """What the processor does not have is not on, and the rest is."""
    found = ask(bench, extra=("-cpu", "EPYC,+svm,+npt,-umip"))
    told = found["protections"]
    assert {name for name, state in told.items() if state == "on"} == ON - {"umip"} and told["umip"] == "not available", told
    assert "UMIP" not in found["processor_security_properties"] + found["available_security_properties"], found


def test_another_build(bench):
    """The hypervisor with mutants is another one, and is measured as another one; the secure kernel is the same."""
    found = ask(bench, bench.esp(mutants=True))["measured_identities"]
    assert found["secure_kernel_sha256"] == inspect(KERNEL)["measurement"], found
    mutants = hashlib.sha256((BUILD / "hv/boot/BOOTX64-mutants.hv").read_bytes()).hexdigest()
    assert found["hypervisor_sha256"] == mutants != hashlib.sha256(HYPERVISOR.read_bytes()).hexdigest(), found


def test_not_running(bench):
    """A hypervisor without a secure kernel: enabled, and nothing said that nobody knows."""
    found = ask(bench, esp.without_vtl1())
    assert found["virtualization_based_security"] == "Enabled but not running", found
    assert found["security_services_configured"] == found["security_services_running"] == found["trustlets"] == [], found
    assert found["secure_kernel"] is found["protections"] is found["measured_identities"] is None, found
    assert "Secure kernel                          not running" in vsm_info.lines(found), found
