"""The machine is reset by the keyboard controller."""

from openvsm_cli.attacks.resets import Ends

attack = Ends("reset-keyboard").attack
