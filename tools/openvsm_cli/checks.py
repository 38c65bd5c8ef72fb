"""Each answer of the demo beside what we computed ourselves; nothing here prints."""

from dataclasses import dataclass

from openvsm_cli import verify, verify_audit, verify_kerberos, verify_keys

TOTP_SECRET = b"12345678901234567890"   # RFC 6238's own ("Test Vectors"), which the demo brings into the vault


@dataclass(frozen=True)
class Check:
    name: str
    vault: str          # what came out of the machine
    ours: str           # what was computed outside it
    agrees: bool


def compare(name, vault, ours):
    return Check(name, vault.hex(), ours.hex(), vault == ours)


def of_ntlmv2(event, credential):
    answer = verify.ntlmv2(credential.user, credential.domain, credential.password,
                           event.hex("server_challenge"), event.hex("client_blob"))
    return [compare("NTProofStr", event.hex("nt_proof_str"), answer.nt_proof_str),
            compare("session base key", event.hex("session_base_key"), answer.session_base_key)]


def hmac_of(name, message, tag, credential):
    key = verify.hmac_key(credential.user, credential.domain, credential.password)
    return compare(name, tag, verify.hmac_sha256(key, message))


def of_hmac(event, credential):
    return [hmac_of("HMAC-SHA-256", event.hex("message"), event.hex("tag"), credential)]


def of_totp(event, _):
    """The secret is public, so that everybody can do this."""
    ours = verify.hotp(TOTP_SECRET, event.number("counter"), event.number("digits"), event.values["hash"])
    return [Check("one-time password", event.values["code"], ours, ours == event.values["code"])]


def of_sign(event, _):
    algorithm, public = event.values["algorithm"], event.hex("public")
    good = verify_keys.verifies(algorithm, public, event.hex("message"), event.hex("signature"))
    said = "verified" if good else "not verified"
    return [Check(f"signature, {algorithm}", event.values["signature"], f"{said} with the public key {public.hex()}", good)]


def of_preauth(event, credential):
    """The pre-authentication data opens under the key that the password makes, and holds the time that VTL0 asked for."""
    base = verify_kerberos.string_to_key(event.number("etype"), credential.password, event.hex("salt"), event.number("iterations"))
    found = verify_kerberos.timestamp(base, event.hex("cipher"))
    good = found == (event.number("time"), event.number("usec"))
    ours = f"opens under the password's key: {found[0]} s, {found[1]} us since 1970" if found else "does not open under the password's key"
    return [Check("Kerberos timestamp", event.values["cipher"], ours, good)]


def of_audit(event, _):
    good = verify_audit.head_is_signed(event.hex("public"), event.hex("challenge"), event.number("next"), event.hex("head"),
                                       event.hex("signature"))
    ours = f"{'verified' if good else 'not verified'} with the audit key {event.values['public']}"
    return [Check("audit log's end", event.values["signature"], ours, good)]


OF_EVENTS = {"ntlmv2": of_ntlmv2, "hmac": of_hmac, "totp": of_totp, "sign": of_sign, "preauth": of_preauth, "audit-verified": of_audit}


def of_outcome(outcome, credential):
    return [check for name, of in OF_EVENTS.items() for event in outcome.all(name) for check in of(event, credential)]


def of_log(rows, values):
    """All entries of the audit log and its signed end."""
    wrong = verify_audit.fault(rows, values)
    return Check("audit log", f"{len(rows)} entries, head {values['head']}", wrong or "whole, and signed by the vault", wrong is None)
