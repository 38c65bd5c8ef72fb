"""The processor shuts down."""

from openvsm_cli.attacks.resets import Ends

attack = Ends("triple-fault").attack
