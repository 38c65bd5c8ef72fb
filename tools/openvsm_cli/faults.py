"""Second-level faults: what the hypervisor's log, at level debug, says of each access that VTL0 was refused."""

import re
from dataclasses import dataclass

LINE = re.compile(r"^hv: ((?:EPT|nested) .*? 0x([0-9a-f]+), guest-physical 0x([0-9a-f]+), (read|write|execute|walk) by VTL0 of "
                  r"processor (\d+) at 0x[0-9a-f]+)$", re.M)
PAGE = 4096


@dataclass(frozen=True)
class Fault:
    text: str
    information: int        # EPT violation: exit qualification; nested page fault: EXITINFO1
    address: int
    access: str
    processor: int


def of_log(text):
    return [Fault(said, int(information, 16), int(address, 16), access, int(processor))
            for said, information, address, access, processor in LINE.findall(text)]


def is_of(fault, values):
    page = int(values["page"], 16)
    return fault.address // PAGE == page // PAGE and fault.access == values["access"]


def swept_pages(values):
    """How many pages a sweep says that it tried; 0 for any other attack, and for the control, which nothing refuses."""
    if values.get("target") == "control":
        return 0
    found = re.match(r"pages=(\d+),", values.get("detail", ""))
    return int(found[1]) if found else 0


def match(attacks, faults):
    """-> [(the attack's values, its Fault or None)] for every attack that is one access to one page, controls included.
    Both logs are in the order of what happened and nothing else in VTL0 is refused a page meanwhile, so an attack's fault
    is the very next one, and a sweep's are as many as its pages. A later fault at the same page is another attack's."""
    found, at = [], 0
    for values in attacks:
        if int(values["page"], 16) == 0:
            at += swept_pages(values)
            continue
        fault = faults[at] if at < len(faults) and is_of(faults[at], values) else None
        found.append((values, fault))
        at += fault is not None
    return found


def by_attack(outcome):
    return match([event.values for event in outcome.all("attack")], of_log(outcome.text["hv"]))
