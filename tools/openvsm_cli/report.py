"""--json: what a third party needs to check the answers, and no stored secret."""

import json
from dataclasses import asdict

from openvsm_cli import emulators

# Lines of the demo that are told as they are: {member of the document: event}.
LISTS = {"credentials": "vault-entry", "enrolled": "enrolled", "ntlmv2": "ntlmv2", "hmac_sha256": "hmac", "one_time_passwords": "totp",
         "signatures": "sign", "kerberos": "preauth", "refused": "refused", "audit": "audit-verified", "audit_faults": "audit-fault",
         "attacks": "attack"}


def document(run):
    outcome, spec = run.outcome, run.spec
    results = run.all_checks()
    info = outcome.one("vault-info")
    return {
        "format": "openvsm-run-2",
        "machine": {"emulator": spec.emulator, "back_end": emulators.named(spec), "accel": spec.accel, "cpus": spec.cpus,
                    "memory_mib": spec.memory, "tpm": spec.tpm is not None, "seconds": round(outcome.seconds, 1)},
        "verdict": {"machine": outcome.verdict, "status": outcome.status,
                    "answers_agree": bool(results) and all(check.agrees for check in results)},
        "user": run.credential.user,
        "domain": run.credential.domain,
        "vault": dict(info.values) if info else None,
        **{member: [dict(event.values) for event in outcome.all(name)] for member, name in LISTS.items()},
        "checks": [asdict(check) for check in results],
        "later_boots": [later(boot) for boot in run.later],
        "exits": outcome.exits(),
        "sha256": run.digests,
    }


def later(boot):
    """A boot behind the first: what the vault said, all audit entries among it."""
    scan = boot.outcome.one("vault-scan")
    return {"name": boot.name, "state": boot.state, "seconds": round(boot.outcome.seconds, 1),
            "memory": dict(scan.values) if scan else None,
            "answers": [{**answer.values, "rows": answer.rows} for answer in boot.answers]}


def write(path, content):
    with open(path, "w", encoding="utf-8") as out:
        json.dump(content, out, indent=2)
        out.write("\n")
