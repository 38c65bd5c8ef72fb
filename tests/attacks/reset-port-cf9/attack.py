"""The machine is reset by port CF9h."""

from openvsm_cli.attacks.resets import Ends

attack = Ends("reset-cf9", "reset-cf9-full").attack
