"""Which second-level fault refused which attack: nothing may be taken for another's."""

from openvsm_cli import faults

LINE = "hv: EPT violation, qualification 0x{:x}, guest-physical 0x{:x}, {} by VTL0 of processor 0 at 0x1000"


def attack(name, page, access, detail="none", target="securekernel"):
    return {"id": name, "page": hex(page), "access": access, "detail": detail, "target": target}


ATTACKS = [
    attack("control", 0x5000, "read", target="control"), attack("first", 0x8000, "read"), attack("last", 0x9000, "read"),
    attack("sweep", 0, "read", "pages=2,secure-intercepts=2"), attack("again", 0x9000, "write"), attack("hypercall", 0, "hypercall"),
]
LOG = [LINE.format(0x181, page, access) for page, access in
       ((0x8040, "read"), (0x9000, "read"), (0x8000, "read"), (0x9000, "read"), (0x9008, "write"))]


def matched(log):
    return {values["id"]: fault and fault.text for values, fault in faults.match(ATTACKS, faults.of_log("\n".join(log)))}


def test_each_attack_gets_its_own():
    """In order, past the faults of a sweep; a control has none."""
    found = matched(["hv: something else", *LOG])
    assert found == {"control": None, "first": LOG[0][4:], "last": LOG[1][4:], "again": LOG[4][4:]}, found


def test_a_lost_fault_is_noticed():
    """Whichever line is missing, some attack is left without."""
    for lost in range(len(LOG)):
        found = matched(LOG[:lost] + LOG[lost + 1:])
        assert None in (found["first"], found["last"], found["again"]), (lost, found)
