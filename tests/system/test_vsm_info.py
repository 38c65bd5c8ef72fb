"""vsm-info: what the machine says of itself, against what the build knows."""

import hashlib

from openvsm_cli import esp, vsm_info
from openvsm_cli.paths import BUILD
from openvsm_cli.testing import also_on

SIGNATURE_BLOCK = 256
VAULT = BUILD / "trustlets/credvault/credvault.img"


@also_on("bochs")
def test_running(bench):
    """State, back end, levels, the vault with the identity and measurement of its file."""
    outcome = bench.boot(bench.esp(vtl0__options="mode=vsm-info"))
    found = vsm_info.document(outcome)
    assert found["virtualization_based_security"] == "Running" and found["virtual_trust_levels"] == [0, 1], found
    assert found["back_end"] == bench.ran and found["processor_vendor"] == ("amd" if bench.ran == "AMD SVM" else "intel"), found
    assert found["secure_kernel"]["secure_calls"] > 0 and found["secure_kernel"]["donated_kib"] == 0, found
    assert found["secure_kernel"]["system_threads"] == 1 and found["secure_kernel"]["handles"] == 0, found
    vault, = found["trustlets"]
    assert vault["name"] == "credvault" and vault["state"] == "running" and not vault["debug"], vault
    assert vault["identity"] == "f6a2c1e4-7d3b-4c58-9a0e-5b1d8c2e7f90", vault
    assert vault["measurement_sha256"] == hashlib.sha256(VAULT.read_bytes()[SIGNATURE_BLOCK:]).hexdigest(), vault
    text = "\n".join(vsm_info.lines(found))
    assert "Virtualization-based security          Running" in text and vault["measurement_sha256"] in text, text


def test_not_running(bench):
    """A hypervisor without a secure kernel: enabled, and nothing said that nobody knows."""
    outcome = bench.boot(esp.without_vtl1().configure(vtl0__options="mode=vsm-info"))
    found = vsm_info.document(outcome)
    assert found["virtualization_based_security"] == "Enabled but not running", found
    assert found["secure_kernel"] is None and found["trustlets"] == [], found
