"""vsm-info's constants are those of the product."""

import re

from openvsm_cli import vsm_info
from openvsm_cli.paths import ROOT


def test_required_properties_are_the_loaders():
    """What is said to be required is what the loader's gate requires of every processor."""
    gate = (ROOT / "hv/boot/gate.c").read_text()
    common = re.search(r"#define COMMON_REQUIRED(.*?)#define COMMON_OPTIONAL", gate, re.S)[1]
    named = set(re.findall(r'"(\w+)"', common))
    assert set(vsm_info.REQUIRED) - {vsm_info.BASE} == named - {"RDTSCP", "RDRAND"}, named  # these two protect nothing
    for nested in ("NPT", "EPT"):
        assert re.search(rf'_required\[\] = {{[^;]*"{nested}"', gate), nested


def test_the_vault_is_the_vault():
    """The identity that is called a credential vault is that of its manifest, and of its header."""
    manifest = (ROOT / "trustlets/credvault/credvault.manifest").read_text()
    assert re.search(r"^identity += (\S+)$", manifest, re.M)[1] in vsm_info.SERVICES, manifest


def test_every_protection_is_in_the_document():
    """docs/vsm-info.md has a row for each row of abi/secure_protections.def."""
    page = (ROOT / "docs/vsm-info.md").read_text()
    names = [name.lower() for name in vsm_info.protection_words()]
    assert len(names) > 8 and all(f"`{name}`" in page for name in names), names
