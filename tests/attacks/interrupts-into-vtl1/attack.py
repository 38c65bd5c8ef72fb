"""VTL0's interrupts run through VTL1's table: tests/guest/interrupts."""

from openvsm_cli.attacks.payloads import Payload

attack = Payload("interrupts", "interrupts-*").attack
