"""The secure kernel is altered on the medium."""

from openvsm_cli.attacks.media import KERNEL, Medium


def flipped(data):
    return data[:-1] + bytes([data[-1] ^ 1])


MEDIUM = Medium("secure", lambda image: image.change(KERNEL, flipped))

control, attack = MEDIUM.control, MEDIUM.attack
