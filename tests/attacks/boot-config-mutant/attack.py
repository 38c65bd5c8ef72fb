"""The configuration switches a protection off."""

from openvsm_cli import espconfig
from openvsm_cli.attacks.media import Medium

MEDIUM = Medium("line 7", lambda image: image.configure(text=espconfig.render() + "mutant = vtl1-readable\n"))

control, attack = MEDIUM.control, MEDIUM.attack
