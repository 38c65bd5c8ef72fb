"""The secure kernel is signed, by somebody else."""

from openvsm_cli import signing
from openvsm_cli.attacks.media import KERNEL, Medium

IDENTITY = "3d1c7a52-90be-4f0a-8d46-2b7e55a1c9f4"


def resigned(data):
    return signing.Owner().image(data[signing.HEADERS:], "--kind", "securekernel", "--name", "securekernel", "--identity", IDENTITY,
                                 "--security-version", "1")


MEDIUM = Medium("secure", lambda image: image.change(KERNEL, resigned))

control, attack = MEDIUM.control, MEDIUM.attack
