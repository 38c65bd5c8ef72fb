"""What a boot in mode=vsm-info said, in the words of msinfo32 and Device Guard. docs/vsm-info.md is its description."""

import re
import uuid

STATES = {(0, 0): "Not enabled", (1, 0): "Enabled but not running", (1, 1): "Running"}
PAGE_KIB = 4


def trustlet(event):
    return {
        "instance": event.number("instance"),
        "name": event.hex("name").decode("ascii"),
        "identity": str(uuid.UUID(event.values["identity"])),
        "security_version": event.number("version"),
        "debug": event.values["debug"] == "1",
        "state": event.values["state"],
        "sessions": event.number("sessions"),
        "memory_kib": event.number("pages") * PAGE_KIB,
        "measurement_sha256": event.values["measurement"],
    }


def secure_kernel(event):
    return {
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


def back_end(outcome):
    """The hypervisor's own word, from its log."""
    said = re.search(r"is in VTL0, (AMD SVM|Intel VMX) ", outcome.text.get("hv", ""))
    return said[1] if said else None


def document(outcome):
    vsm = outcome.one("vsm")
    kernel = outcome.one("secure-kernel")
    properties = {"smep": "SMEP", "smap": "SMAP", "umip": "UMIP"}
    levels = int(vsm.values["vtls"], 16)
    return {
        "virtualization_based_security": STATES[vsm.number("hypervisor"), vsm.number("running")],
        "back_end": back_end(outcome),
        "processor_vendor": vsm.values["vendor"],
        "processor_security_properties": [name for key, name in properties.items() if vsm.values[key] == "1"],
        "virtual_trust_levels": [level for level in range(16) if levels >> level & 1],
        "secure_kernel": secure_kernel(kernel) if kernel else None,
        "trustlets": [trustlet(event) for event in outcome.all("trustlet")],
    }


def trustlet_lines(trustlets):
    for one in trustlets:
        yield f"  {one['name']:24} {one['state']}, version {one['security_version']}{', debug build' if one['debug'] else ''}, " \
              f"{one['memory_kib']} KiB, {one['sessions']} sessions"
        yield f"    identity               {one['identity']}"
        yield f"    measurement (SHA-256)  {one['measurement_sha256']}"


def lines(found):
    yield f"Virtualization-based security          {found['virtualization_based_security']}"
    yield f"Back end                               {found['back_end'] or 'none'}"
    yield f"Processor security properties          {', '.join(found['processor_security_properties']) or 'none'}"
    yield f"Virtual trust levels                   {', '.join(f'VTL{level}' for level in found['virtual_trust_levels']) or 'none'}"
    kernel = found["secure_kernel"]
    if kernel is None:
        yield "Secure kernel                          not running"
        return
    yield f"Secure kernel                          running, {kernel['region_kib']} KiB at {kernel['region_base']:#x}"
    yield f"  memory given by VTL0                 {kernel['donated_kib']} KiB"
    yield f"  free for trustlets                   {kernel['free_kib']} KiB"
    yield f"  secure calls, secure intercepts      {kernel['secure_calls']}, {kernel['secure_intercepts']}"
    yield f"  secure system process                {kernel['system_threads']} threads, {kernel['handles']} handles"
    yield f"Trustlets                              {len(found['trustlets'])}"
    yield from trustlet_lines(found["trustlets"])
