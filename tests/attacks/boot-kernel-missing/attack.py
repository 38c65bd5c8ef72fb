"""The secure kernel is removed from the medium."""

from openvsm_cli.attacks.media import KERNEL, Medium

MEDIUM = Medium("securekernel.img", lambda image: image.remove(KERNEL))

control, attack = MEDIUM.control, MEDIUM.attack
