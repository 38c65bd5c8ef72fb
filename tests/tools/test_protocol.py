"""Lines from the console and the credential's way to it."""

from openvsm_cli import espconfig, protocol
from openvsm_cli.credential import Credential
from openvsm_cli.errors import UsageError


def test_the_hypervisors_errors_count():
    """They have its name in front."""
    assert protocol.errors_in("hv: error: a\nboot: error: no\nerror: b\nhv: info\n") == ["error: a", "error: b"]


def test_lines_are_parsed():
    """Names, bare words and values; firmware's terminal control around them is dropped."""
    event = protocol.parse(protocol.clean(b"\x1b[2J\x1b[01;01H@openvsm store size=3 blob=00ff7f\r"))
    assert event.name == "store" and event.number("size") == 3 and event.hex("blob") == b"\x00\xff\x7f"
    assert protocol.parse("@openvsm provision ready").words == ("ready",)
    assert protocol.parse("store size=3") is None


def test_provisioning_line():
    """Hexadecimal UTF-8, one line, empty fields kept apart."""
    line = Credential("zoe", "", "a ö", "test").provision_line()
    assert bytes(line) == b"OVSM-CRED 7a6f65  6120c3b6\n"


def test_wiping():
    """The password's only long-lived copy is zero afterwards."""
    credential = Credential("u", "d", "secret", "test")
    credential.wipe()
    assert not any(credential.password)


def test_limits_of_the_vault():
    """What the vault cannot hold is refused before a machine starts."""
    try:
        Credential("u", "d", "x" * 513, "test")
    except UsageError as error:
        assert "512" in str(error)
    else:
        raise AssertionError("an over-long password was accepted")


def test_config_text():
    """Defaults, changes, and keys left out."""
    text = espconfig.render(vtl0__options="mode=attack", vtl1__trustlet=None)
    assert "vtl0.options = mode=attack\n" in text and "vtl1.trustlet" not in text
