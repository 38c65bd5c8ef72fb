"""Each answer of the demo beside what we computed ourselves; nothing here prints."""

from dataclasses import dataclass

from openvsm_cli import verify


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


def of_hmac(event, credential):
    key = verify.hmac_key(credential.user, credential.domain, credential.password)
    return [compare("HMAC-SHA-256", event.hex("tag"), verify.hmac_sha256(key, event.hex("message")))]


def of_outcome(outcome, credential):
    checks = []
    for event in outcome.all("ntlmv2"):
        checks += of_ntlmv2(event, credential)
    for event in outcome.all("hmac"):
        checks += of_hmac(event, credential)
    return checks
