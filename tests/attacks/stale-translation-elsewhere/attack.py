"""Another processor goes on using a page that was taken away: tests/guest/shootdown."""

from openvsm_cli.attacks.payloads import Payload

attack = Payload("shootdown", "shootdown-*").attack
