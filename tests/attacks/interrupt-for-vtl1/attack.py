"""VTL0 sends VTL1 an interrupt by hypercall: tests/guest/vtl1-apic."""

from openvsm_cli.attacks.payloads import Payload

attack = Payload("vtl1-apic", "vtl1-apic-ipi-refused").attack
