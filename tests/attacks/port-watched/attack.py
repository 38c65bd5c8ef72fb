"""VTL0 uses a port that VTL1 watches: tests/guest/io-intercept."""

from openvsm_cli.attacks.payloads import Payload

attack = Payload("io-intercept", "io-intercept-*").attack
