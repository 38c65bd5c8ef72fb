"""A trustlet stands in the secure kernel's place."""

from openvsm_cli.attacks.media import KERNEL, VAULT, Medium


def exchange(image):
    image.files[KERNEL] = image.files[VAULT]


MEDIUM = Medium("secure", exchange)

control, attack = MEDIUM.control, MEDIUM.attack
