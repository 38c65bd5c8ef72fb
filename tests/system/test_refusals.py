"""What must not start: corrupted images and bad configurations end in one clear line, and VTL0's system never runs."""

from openvsm_cli import espconfig
from openvsm_cli.testing import each

KERNEL = "EFI/openvsm/securekernel.img"
VAULT = "EFI/openvsm/trustlets/credvault.img"


def flip(at):
    """One bit, counted from the end when negative."""
    def edit(data):
        changed = bytearray(data)
        changed[at] ^= 1
        return bytes(changed)
    return edit


CORRUPTIONS = {
    "algorithm": flip(0),
    "key": flip(8),
    "signature": flip(128),
    "header": flip(256 + 20),
    "payload": flip(512 + 0x1800),
    "last-byte": flip(-1),
    "truncated": lambda data: data[:-1],
    "empty": lambda data: b"",
    "longer": lambda data: data + b"\0",
}


def refused(bench, image, word):
    outcome = bench.boot(image, seconds=90, settle=10)
    return bench.expect_refusal(outcome, word)


@each(how=tuple(CORRUPTIONS))
def test_secure_kernel(bench, how):
    """A secure kernel that its owner did not sign as it lies there."""
    refused(bench, bench.esp().change(KERNEL, CORRUPTIONS[how]), "secure")


@each(how=("key", "signature", "payload", "truncated"))
def test_trustlet(bench, how):
    """The same for the vault."""
    refused(bench, bench.esp().change(VAULT, CORRUPTIONS[how]), "credvault")


def test_images_exchanged(bench):
    """A validly signed trustlet is not a secure kernel: the kind is part of what is signed."""
    image = bench.esp()
    image.files[KERNEL] = image.files[VAULT]
    refused(bench, image, "secure")


@each(path=(KERNEL, VAULT, "EFI/openvsm/vtl0.efi"))
def test_missing_file(bench, path):
    """A file that the configuration names and the ESP lacks."""
    refused(bench, bench.esp().remove(path), path.rsplit("/", 1)[1])


CONFIGS = {
    "unknown-key": ("vtl0.speed = 9\n", "line 7"),
    "duplicate-key": ("log.level = debug\n", "line 7"),
    "bad-value": ("vtl1.memory = lots\n", "line 7"),
    "out-of-range": ("vtl1.memory = 65\n", "line 7"),
    "no-value": ("vtl1.memory\n", "line 7"),
    "mutant-key-in-the-normal-image": ("mutant = none\n", "line 7"),
}


@each(case=tuple(CONFIGS))
def test_config(bench, case):
    """Named with the number of its line."""
    added, word = CONFIGS[case]
    refused(bench, bench.esp().configure(text=espconfig.render() + added), word)


def test_config_missing(bench):
    """Absence is an error, not a fallback."""
    refused(bench, bench.esp().remove(espconfig.ESP_PATH), "openvsm.conf")
