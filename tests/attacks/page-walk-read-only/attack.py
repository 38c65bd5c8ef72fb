"""Page tables lie where VTL1 took the right to write: tests/guest/intercept."""

from openvsm_cli.attacks.payloads import Payload

attack = Payload("intercept", "intercept-read-only-page-walk", "intercept-page-walk").attack
