"""The machine is reset by port 92h."""

from openvsm_cli.attacks.resets import Ends

attack = Ends("reset-port92").attack
