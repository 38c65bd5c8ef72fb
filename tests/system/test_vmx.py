"""What only Intel's back end has: VMCS checks in words, misconfigured tables in words."""

import test_guest as guest

from openvsm_cli.testing import only_on

RFLAGS, CR4 = "0x6820", "0x6804"


def stopped(outcome):
    """The error lines of a machine that must have stopped."""
    assert not outcome.succeeded, "the machine went on"
    return outcome.errors()


@only_on("bochs")
def test_checks_pass_before_every_entry(bench):
    """The control: the test image compares the VMCS with the manual before each entry, and nothing is wrong with any."""
    outcome = guest.boot(bench, "switch", 2, "none")
    bench.expect_success(outcome)
    assert not outcome.errors(), outcome.errors()


@only_on("bochs")
def test_a_broken_vmcs_is_told_in_words(bench):
    """Before the entry: section of the manual, what is wrong, field and value."""
    found = stopped(guest.boot(bench, "switch", 1, "vmcs-broken"))
    assert any('VMCS check "Checks on Guest RIP, RFLAGS, and SSP": reserved bits (field ' + RFLAGS + " = 0x0)" in line
               for line in found), found


@only_on("bochs")
def test_a_failed_entry_is_told_in_words(bench):
    """The processor refuses the entry; the same checks then find the field."""
    found = stopped(guest.boot(bench, "switch", 1, "entry-fails"))
    assert any("VM entry of VTL1 refused, reason 33" in line for line in found), found
    assert any("VMCS check" in line and f"field {CR4} = 0x0" in line for line in found), found


@only_on("bochs")
def test_a_misconfigured_entry_is_told_in_words(bench):
    """A table entry that no processor accepts: address, level and entry, and the machine stops."""
    found = stopped(guest.boot(bench, "rights", 1, "ept-misconfigured"))
    assert any("EPT misconfiguration at guest-physical 0x" in line and "of VTL0, level 1 entry 0x" in line for line in found), found
    assert "the machine is stopped" in found[-1], found
