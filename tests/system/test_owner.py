"""The owner's key and version floors in BOOTX64.EFI: what the tool writes there decides what VTL1 runs."""

from openvsm_cli import checks, signing
from openvsm_cli.testing import also_on, each

LOADER = "EFI/BOOT/BOOTX64.EFI"
KERNEL = "EFI/openvsm/securekernel.img"
VAULT = "EFI/openvsm/trustlets/credvault.img"
KERNEL_IDENTITY = "3d1c7a52-90be-4f0a-8d46-2b7e55a1c9f4"
VAULT_IDENTITY = "f6a2c1e4-7d3b-4c58-9a0e-5b1d8c2e7f90"


def owned(bench, owner, floors=(), **configuration):
    return bench.esp(**configuration).change(LOADER, lambda loader: owner.own(loader, floors))


def sign_all(image, owner):
    """The same payloads, signed by owner."""
    image.change(KERNEL, lambda file: owner.image(file[signing.HEADERS:], "--kind", "securekernel", "--name", "securekernel",
                                                  "--identity", KERNEL_IDENTITY, "--security-version", "1"))
    return image.change(VAULT, lambda file: owner.image(file[signing.HEADERS:]))


@each(algorithm=("ed25519", "ecdsa-p256"))
@also_on("bochs", algorithm=("ecdsa-p256",))
def test_another_owners_images_run(bench, algorithm):
    """Signed by the key that the tool wrote, at the floors it wrote, secure kernel and vault work as ever."""
    owner = signing.Owner(algorithm)
    image = owned(bench, owner, (f"{KERNEL_IDENTITY}=1", f"{VAULT_IDENTITY}=1"), vtl0__options="mode=demo")
    credential = bench.credential()
    outcome = bench.boot(sign_all(image, owner), cpus=2, seconds=240, credential=credential)
    bench.expect_success(outcome)
    results = checks.of_outcome(outcome, credential)
    assert results and all(check.agrees for check in results), results


def refused(bench, image, *words):
    line = bench.expect_refusal(bench.boot(image, seconds=90, settle=10), words[0])
    assert all(word in line for word in words), line


def test_the_builds_images_are_anothers(bench):
    """They are correctly signed, by a key that is not this owner's."""
    refused(bench, owned(bench, signing.Owner()), "securekernel", "another key")


def test_one_image_of_anothers(bench):
    """The owner's secure kernel does not make another's trustlet good."""
    owner = signing.Owner()
    image = owned(bench, owner)
    vault = image.read(VAULT)
    sign_all(image, owner).files[VAULT] = vault
    refused(bench, image, "credvault", "another key")


@each(which=("securekernel", "credvault"))
def test_below_the_floor(bench, which):
    """Signed by the owner, and older than the owner allows."""
    owner = signing.Owner()
    identity = KERNEL_IDENTITY if which == "securekernel" else VAULT_IDENTITY
    image = sign_all(owned(bench, owner, (f"{identity}=2",)), owner)
    refused(bench, image, which, "below the owner's floor")


def test_no_owner(bench):
    """A loader whose block is damaged runs nothing in VTL1."""
    image = bench.esp()
    digest = bytes.fromhex(signing.sign("inspect", image.files[KERNEL]).split("key_hash")[1].split()[0])
    assert image.read(LOADER).count(digest) == 1
    refused(bench, image.change(LOADER, lambda loader: loader.replace(digest, bytes(32))), "owner's key")
