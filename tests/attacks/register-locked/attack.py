"""VTL0 changes a register that VTL1 has locked: tests/guest/register-intercept."""

from openvsm_cli.attacks.payloads import Payload

attack = Payload("register-intercept", "register-intercept-*").attack
