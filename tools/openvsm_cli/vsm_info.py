"""What a boot in mode=vsm-info said, in the words of msinfo32 and Device Guard. docs/vsm-info.md is its description."""

import re
import uuid

from openvsm_cli.paths import ROOT

STATES = {(0, 0): "Not enabled", (1, 0): "Enabled but not running", (1, 1): "Running"}
PAGE_KIB = 4
BASE = "Base virtualization support"  # SVM with nested paging or VMX with EPT: the hypervisor does not start without
REQUIRED = [BASE, "NX", "SMEP", "SMAP"]  # of hv/boot/gate.c, what is for protection
PROPERTIES = {"nx": "NX", "smep": "SMEP", "smap": "SMAP", "umip": "UMIP", "mbec": "Mode-based execution control"}
SERVICES = {"f6a2c1e4-7d3b-4c58-9a0e-5b1d8c2e7f90": "Credential vault"}
RIGHTS = ("read", "write", "kernel execute", "user execute")  # HV_MAP_GPA_*, from bit 0


def trustlet(event):
    return {
        "instance": event.number("instance"),
        "name": event.hex("name").decode("ascii"),
        "identity": str(uuid.UUID(event.values["identity"])),
        "security_version": event.number("version"),
        "debug": event.values["debug"] == "1",
        "configured": event.values["configured"] == "1",
        "state": event.values["state"],
        "sessions": event.number("sessions"),
        "memory_kib": event.number("pages") * PAGE_KIB,
        "measurement_sha256": event.values["measurement"],
    }


def secure_kernel(event, measured):
    return {
        "security_version": measured.number("version"),
        "debug": measured.values["debug"] == "1",
        "secure_call_version": event.number("version"),
        "region_base": int(event.values["region"], 16),
        "region_kib": int(event.values["size"], 16) // 1024,
        "donated_kib": event.number("donated") * PAGE_KIB,
        "free_kib": event.number("free") * PAGE_KIB,
        "secure_intercepts": event.number("intercepts"),
        "secure_calls": event.number("calls"),
        "system_threads": event.number("threads"),
        "handles": event.number("handles"),
    }


def measured_identities(event):
    names = {"hypervisor": "hypervisor_sha256", "securekernel": "secure_kernel_sha256", "owner_key": "owner_key_sha256"}
    return {name: event.values[key] for key, name in names.items()}


BANKS = ("SHA-1", "SHA-256", "SHA-384", "SHA-512", "SM3-256")  # EFI_TCG2_BOOT_HASH_ALG_*, from bit 0


def tpm(present, measured):
    """What the firmware says there is, and what the loader extended in it."""
    pcrs, banks = (int(measured.values[key], 16) if measured else 0 for key in ("tpm_pcrs", "tpm_banks"))
    return {"present": present, "pcrs_extended": [pcr for pcr in range(24) if pcrs >> pcr & 1],
            "banks": [name for bit, name in enumerate(BANKS) if banks >> bit & 1]}


def tpm_words(found):
    if found["pcrs_extended"]:
        return f"2.0, PCRs {listed(map(str, found['pcrs_extended']))} extended ({listed(found['banks'])})"
    return "2.0, not used" if found["present"] else "none"


def protection_words():
    """{name: words for people}, of abi/secure_protections.def."""
    rows = (ROOT / "abi/include/abi/secure_protections.def").read_text()
    return dict(re.findall(r'^SECURE_PROTECTION\(\d+, +(\w+), +"(.*)"\)', rows, re.M))


def protections(event):
    rights = int(event.values["default_rights"], 16)
    found = {name.lower(): event.values[name].replace("-", " ") for name in protection_words()}
    return {**found, "default_vtl0_rights": [words for bit, words in enumerate(RIGHTS) if rights >> bit & 1]}


def back_end(outcome):
    """The hypervisor's own word, from its log."""
    said = re.search(r"is in VTL0, (AMD SVM|Intel VMX) ", outcome.text.get("hv", ""))
    return said[1] if said else None


def available(vsm):
    found = [BASE] if vsm.values["hypervisor"] == "1" else []
    found += [words for key, words in PROPERTIES.items() if vsm.values[key] == "1"]
    return found + (["Secure Boot"] if vsm.values["secure_boot"] == "on" else [])


def services(trustlets):
    """Each once, however many instances it has."""
    return list(dict.fromkeys(SERVICES.get(one["identity"], one["name"]) for one in trustlets))


def document(outcome):
    vsm = outcome.one("vsm")
    kernel, measured, protected = (outcome.one(name) for name in ("secure-kernel", "measured", "protections"))
    trustlets = [trustlet(event) for event in outcome.all("trustlet")]
    levels = int(vsm.values["vtls"], 16)
    return {
        "virtualization_based_security": STATES[vsm.number("hypervisor"), vsm.number("running")],
        "required_security_properties": REQUIRED,
        "available_security_properties": available(vsm),
        "security_services_configured": services(one for one in trustlets if one["configured"]),
        "security_services_running": services(one for one in trustlets if one["state"] == "running"),
        "secure_boot_state": vsm.values["secure_boot"],
        "tpm": tpm(vsm.values["tpm"] == "1", measured),
        "back_end": back_end(outcome),
        "processor_vendor": vsm.values["vendor"],
        "processor_security_properties": [PROPERTIES[key] for key in ("smep", "smap", "umip") if vsm.values[key] == "1"],
        "virtual_trust_levels": [level for level in range(16) if levels >> level & 1],
        "secure_kernel": secure_kernel(kernel, measured) if kernel else None,
        "protections": protections(protected) if protected else None,
        "measured_identities": measured_identities(measured) if measured else None,
        "trustlets": trustlets,
    }


def row(name, value):
    return f"{name:38} {value}"


def listed(words):
    return ", ".join(words) or "none"


def trustlet_lines(trustlets):
    for one in trustlets:
        yield f"  {one['name']:24} {one['state']}, version {one['security_version']}{', debug build' if one['debug'] else ''}, " \
              f"{one['memory_kib']} KiB, {one['sessions']} sessions{', configured' if one['configured'] else ''}"
        yield f"    identity               {one['identity']}"
        yield f"    measurement (SHA-256)  {one['measurement_sha256']}"


def protection_lines(found):
    words = protection_words()
    for state in ("on", "off", "not available"):
        yield row(f"  protections {state}", listed(words[name] for name in words if found[name.lower()] == state))
    yield row("  VTL0's rights to what is not taken", listed(found["default_vtl0_rights"]))


def secure_kernel_lines(kernel, found):
    yield row("Secure kernel", f"running, version {kernel['security_version']}{', debug build' if kernel['debug'] else ''}, "
              f"{kernel['region_kib']} KiB at {kernel['region_base']:#x}")
    yield row("  memory given by VTL0", f"{kernel['donated_kib']} KiB")
    yield row("  free for trustlets", f"{kernel['free_kib']} KiB")
    yield row("  secure calls, secure intercepts", f"{kernel['secure_calls']}, {kernel['secure_intercepts']}")
    yield row("  secure system process", f"{kernel['system_threads']} threads, {kernel['handles']} handles")
    yield from protection_lines(found["protections"])
    yield "Measured identities (SHA-256)"
    for name in ("hypervisor", "secure_kernel", "owner_key"):
        yield row(f"  {name.replace('_', ' ')}", found["measured_identities"][f"{name}_sha256"])


def lines(found):
    yield row("Virtualization-based security", found["virtualization_based_security"])
    yield row("  required security properties", listed(found["required_security_properties"]))
    yield row("  available security properties", listed(found["available_security_properties"]))
    yield row("  services configured", listed(found["security_services_configured"]))
    yield row("  services running", listed(found["security_services_running"]))
    yield row("Secure Boot state", found["secure_boot_state"])
    yield row("TPM", tpm_words(found["tpm"]))
    yield row("Back end", found["back_end"] or "none")
    yield row("Processor security properties", listed(found["processor_security_properties"]))
    yield row("Virtual trust levels", listed(f"VTL{level}" for level in found["virtual_trust_levels"]))
    if found["secure_kernel"] is None:
        yield row("Secure kernel", "not running")
        return
    yield from secure_kernel_lines(found["secure_kernel"], found)
    yield row("Trustlets", len(found["trustlets"]))
    yield from trustlet_lines(found["trustlets"])
