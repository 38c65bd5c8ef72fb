"""--json: what a third party needs to check the answers, and no stored secret."""

import json

from openvsm_cli import emulators


def document(outcome, spec, credential, checks, digests):
    ntlmv2, hmac = outcome.one("ntlmv2"), outcome.one("hmac")
    return {
        "format": "openvsm-run-1",
        "machine": {"emulator": spec.emulator, "back_end": emulators.named(spec), "accel": spec.accel, "cpus": spec.cpus,
                    "memory_mib": spec.memory, "seconds": round(outcome.seconds, 1)},
        "verdict": {"machine": outcome.verdict, "status": outcome.status, "answers_agree": bool(checks) and all(c.agrees for c in checks)},
        "user": credential.user,
        "domain": credential.domain,
        "ntlmv2": dict(ntlmv2.values) if ntlmv2 else None,
        "hmac_sha256": dict(hmac.values) if hmac else None,
        "blobs_refused": [dict(event.values) for event in outcome.all("refused")],
        "attacks": [dict(event.values) for event in outcome.all("attack")],
        "exits": outcome.exits(),
        "sha256": digests,
    }


def write(path, content):
    with open(path, "w", encoding="utf-8") as out:
        json.dump(content, out, indent=2)
        out.write("\n")
