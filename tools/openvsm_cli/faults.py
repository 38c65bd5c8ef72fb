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


def by_attack(outcome):
    """-> [(the attack's values, its Fault or None)] for every attack that is one access to one page, controls included.
    Both logs are in the order of what happened, so each attack's fault is behind those of the attacks before it."""
    found, at = [], 0
    faults = of_log(outcome.text["hv"])
    for values in (event.values for event in outcome.all("attack")):
        if int(values["page"], 16) == 0:
            continue
        place = next((i for i in range(at, len(faults)) if is_of(faults[i], values)), None)
        found.append((values, None if place is None else faults[place]))
        at = at if place is None else place + 1
    return found
