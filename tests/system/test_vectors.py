"""Published test vectors of the vault's algorithms, run inside VTL1."""

from openvsm_cli.testing import also_on

# Set -> how many vectors: those of the host test crypto-vectors.
SETS = {
    "nfold": 11, "rfc3962": 26, "rfc8009": 28, "rfc8009-string-to-key": 2, "hotp": 10, "totp": 18, "rfc3394": 12, "rfc5649": 4,
    "ed25519": 12, "ecdsa": 12, "ecdh": 4, "rsa": 12,
}


@also_on("bochs")
def test_vectors(bench):
    """Kerberos, one-time passwords, key wrap and signatures give in VTL1 what the standards say, vector by vector."""
    outcome = bench.boot(bench.esp(vtl0__options="mode=vectors"), seconds=180)
    details = {event.values["id"]: (event.values["outcome"], event.values["detail"]) for event in outcome.all("test")}
    wanted = {name: ("ok", f"{total}/{total}") for name, total in SETS.items()} | {"start": ("ok", "0/0")}
    assert details == wanted, f"{details}\n{bench.story(outcome)}"
    bench.expect_success(outcome)
