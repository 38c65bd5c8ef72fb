"""An older secure kernel of the same owner."""

from openvsm_cli import signing
from openvsm_cli.attacks.media import KERNEL, LOADER, VAULT, Medium

IDENTITY = "3d1c7a52-90be-4f0a-8d46-2b7e55a1c9f4"


def own_and_age(image):
    """An owner whose floor is 2, and whose images are of version 1."""
    owner = signing.Owner()
    image.change(LOADER, lambda loader: owner.own(loader, (f"{IDENTITY}=2",)))
    image.change(KERNEL, lambda file: owner.image(file[signing.HEADERS:], "--kind", "securekernel", "--name", "securekernel",
                                                  "--identity", IDENTITY, "--security-version", "1"))
    image.change(VAULT, lambda file: owner.image(file[signing.HEADERS:]))


MEDIUM = Medium("floor", own_and_age)

control, attack = MEDIUM.control, MEDIUM.attack
