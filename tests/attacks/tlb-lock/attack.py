"""VTL0 completes a flush that VTL1 holds off: tests/guest/flush."""

from openvsm_cli.attacks.payloads import Payload

attack = Payload("flush", "flush-lock-*").attack
