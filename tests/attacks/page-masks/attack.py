"""A page with fewer rights is used with more: tests/guest/rights."""

from openvsm_cli.attacks.payloads import Payload

attack = Payload("rights", "rights-page-*", "rights-sixteen-pages").attack
