"""abi/generator: what it takes for wrong, and what it makes of a list whose outcome is known."""

import sys
import tempfile
from pathlib import Path

from openvsm_cli.paths import ROOT
from openvsm_cli.testing import each

sys.path.insert(0, str(ROOT / "abi/generator"))
import headers  # noqa: E402 (the path has to be set first)
import vsm_list  # noqa: E402

SMALL = """\
status 0x05 INVALID_PARAMETER
    wrong
struct pair 16
    u32 first
    u32 pad = 0
    u64 second # more
hypercall 0x77 DO_THINGS from 1 rep
    input hv_input_things 16
        u64 partition_id = SELF
        u8 input_vtl
        u8 reserved[7] = 0
    element pair thing
    gives u32 answer
    status INVALID_PARAMETER: one is too many
register 0x10 A,B lower none
msr 0x40 T0..T3 V
    four
"""
WRONG = {
    "a gap": ("    u32 first\n    u32 pad = 0\n", "    u32 first\n", "not aligned"),
    "another size": ("struct pair 16", "struct pair 24", "has 16 bytes, not 24"),
    "an unknown type": ("u64 second", "u65 second", "no such type: u65"),
    "an unknown status": ("status INVALID_PARAMETER: one", "status NOT_TODAY: one", "no status NOT_TODAY"),
    "an unknown kind": ("from 1 rep", "from 1 twice", "no kind twice"),
    "an unknown access": ("A,B lower", "A,B everybody", "no class of access"),
    "an unknown entry": ("msr 0x40", "mrs 0x40", "what is mrs"),
    "a part nobody knows": ("    gives u32", "    takes u32", "what is takes"),
}


def made():
    return vsm_list.Reader(SMALL).read()


@each(name=WRONG)
def test_refused(name):
    """A list that is wrong is refused with the reason."""
    before, after, reason = WRONG[name]
    assert SMALL.count(before) == 1
    try:
        vsm_list.Reader(SMALL.replace(before, after)).read()
    except vsm_list.ListError as error:
        assert reason in str(error), error
    else:
        raise AssertionError(f"{name} was taken")


def test_layout():
    """Offsets and sizes."""
    pair = made().structs["pair"]
    assert [(part.name, part.at, part.size) for part in pair.fields] == [("first", 0, 4), ("pad", 4, 4), ("second", 8, 8)]
    assert pair.size == 16
    text = headers.layouts(made())
    assert "    uint64_t second; /* more */" in text
    assert "_Static_assert(offsetof(struct pair, second) == 8" in text
    assert "    uint8_t reserved[7];" in text


def test_row():
    """The dispatcher's row: sizes, the partition, what must be zero in the input and in an element."""
    assert "HV_HYPERCALL(0x0077, DO_THINGS, 1, REP, 16, 16, 4, 1, 9, 7, 0, 0, 4, 4)\n" in headers.hypercalls(made())


def test_statuses_of_its_form():
    """A call may answer what its form makes possible, and what the list says of it."""
    everything = vsm_list.read()
    call = next(call for call in everything.hypercalls if call.name == "MODIFY_VTL_PROTECTION_MASK")
    found = headers.every_status(call, everything)
    assert {"SUCCESS", "INVALID_ALIGNMENT", "INVALID_PARTITION_ID", "ACCESS_DENIED", "INVALID_REGISTER_VALUE"} <= set(found)
    assert "INVALID_VP_INDEX" not in found


def test_numbers_in_a_row():
    """A,B and T0..T3."""
    assert [f"HV_VP_REGISTER(0x000000{n:X}, {name}, LOWER, NONE, 0x00000000)" in headers.vp_registers(made())
            for n, name in ((0x10, "A"), (0x11, "B"))] == [True, True]
    assert "HV_SYNTHETIC_MSR(0x00000043, T3)" in headers.synthetic_msrs(made())


def test_stub():
    """A caller's function has the call's name and its parts."""
    text = headers.hypercall_stubs(made())
    assert "static inline uint16_t hv_do_things(const struct hv_caller *caller, const struct hv_input_things *input" in text
    assert "const struct pair *elements, uint32_t count, uint32_t *output, uint32_t *done)" in text


def test_written_once():
    """What did not change is not written: nothing is compiled again."""
    with tempfile.TemporaryDirectory() as folder:
        headers.write(made(), Path(folder))
        before = {path.name: path.stat().st_mtime_ns for path in Path(folder).iterdir()}
        headers.write(made(), Path(folder))
        assert before == {path.name: path.stat().st_mtime_ns for path in Path(folder).iterdir()}
    assert set(before) == set(headers.FILES)
