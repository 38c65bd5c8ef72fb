"""openvsm-validate: each gate broken alone, and all of them at once; every failed one is named."""

import json
import struct
import subprocess
import tempfile
from pathlib import Path

from openvsm_cli import signing
from openvsm_cli.paths import BUILD
from openvsm_cli.testing import each

HELLO = BUILD / "trustlets/hello/hello.img"
SIGNATURE, HEADER = 256, 256
PAYLOAD = SIGNATURE + HEADER
LOAD, DYNAMIC, INTERP, NOTE, STACK = 1, 2, 3, 4, 0x6474E551
PROGRAM = struct.Struct("<IIQQQQQQ")  # type, flags, offset, address, physical, file size, memory size, alignment


def validate(data, *options):
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        done = subprocess.run([signing.VALIDATE, "--json", *options, file.name], capture_output=True, text=True)
    report = json.loads(done.stdout)
    assert report["accepted"] == (done.returncode == 0) == (not report["gates"]), (done.returncode, report)
    assert len(report["gates"]) == len(report["reasons"])
    return list(zip(report["gates"], report["reasons"]))


def changed(data, at, value):
    return data[:at] + value + data[at + len(value):]


def programs(elf):
    """[(place in the file, fields)]"""
    start, = struct.unpack_from("<Q", elf, 32)
    count, = struct.unpack_from("<H", elf, 56)
    return [(start + i * PROGRAM.size, list(PROGRAM.unpack_from(elf, start + i * PROGRAM.size))) for i in range(count)]


def with_program(kind, field, value, flags=None):
    """An edit of one field of the first program header of that type (and rights)."""
    def edit(elf):
        at, fields = next((at, fields) for at, fields in programs(elf) if fields[0] == kind and flags in (None, fields[1]))
        fields[field] = value
        return changed(elf, at, PROGRAM.pack(*fields))
    return edit


def note_changed(elf):
    at = next(fields[2] for _, fields in programs(elf) if fields[0] == NOTE)
    return changed(elf, at + 20 + 104, struct.pack("<I", 77))  # heap_pages


def note_twice(elf):
    note = next(fields for _, fields in programs(elf) if fields[0] == NOTE)
    at = next(at for at, fields in programs(elf) if fields[0] == STACK)
    return changed(elf, at, PROGRAM.pack(*note))


def first_relocation(elf):
    """Its place in the file, by way of the dynamic section."""
    dynamic = next(fields for _, fields in programs(elf) if fields[0] == DYNAMIC)
    entries = dict(struct.iter_unpack("<qQ", elf[dynamic[2]:dynamic[2] + dynamic[5]]))
    return next(fields[2] + entries[7] - fields[3] for _, fields in programs(elf)
                if fields[0] == LOAD and fields[3] <= entries[7] < fields[3] + fields[5])


def dynamic_needed(elf):
    at = next(fields[2] for _, fields in programs(elf) if fields[0] == DYNAMIC)
    return changed(elf, at, struct.pack("<qQ", 1, 1))


ELF_CASES = {
    "magic": (lambda elf: changed(elf, 0, b"\0"), "elf", "not a 64-bit"),
    "machine": (lambda elf: changed(elf, 18, b"\3"), "elf", "not a 64-bit"),
    "not-pie": (lambda elf: changed(elf, 16, b"\2"), "elf", "not position independent"),
    "table": (lambda elf: changed(elf, 56, b"\x11"), "elf", "program headers"),
    "short": (lambda elf: elf[:40], "elf", "shorter"),
    "entry": (lambda elf: changed(elf, 24, struct.pack("<Q", 0x3FFFFF0)), "elf", "entry"),
    "segment": (with_program(LOAD, 2, 1 << 40, flags=5), "elf", "out of range"),
    "wx": (with_program(LOAD, 1, 7, flags=5), "elf", "W^X"),
    "stack": (with_program(STACK, 1, 7), "elf", "W^X"),
    "overlap": (with_program(LOAD, 3, 0, flags=6), "elf", "overlap"),
    "interpreter": (with_program(STACK, 0, INTERP), "elf", "interpreter"),
    "dynamic": (with_program(DYNAMIC, 3, 1 << 30), "elf", "dynamic section"),
    "needed": (dynamic_needed, "relocation", "more than relative"),
    "relocation": (lambda elf: changed(elf, first_relocation(elf) + 8, b"\1"), "relocation", "a relocation"),
    "no-note": (with_program(NOTE, 0, 0), "note", "no manifest"),
    "two-notes": (note_twice, "note", "two"),
    "note-size": (with_program(NOTE, 5, 200), "note", "another size"),
    "other-note": (note_changed, "note", "not the one that was signed"),
}

HEADER_CASES = {  # field: place in the header, value, words
    "magic": (0, bytes(8), "magic"),
    "header_size": (8, b"\1", "header_size"),
    "kind": (12, b"\7", "kind"),
    "payload_size": (16, b"\1\2\3", "payload_size"),
    "identity": (24, bytes(16), "identity"),
    "name": (56, b"\n", "name"),
    "flags": (92, b"\x80", "flags"),
    "heap_pages": (96, b"\xff\xff\xff", "heap_pages"),
    "stack_pages": (100, bytes(4), "stack_pages"),
    "stack_pages-large": (100, b"\xff\xff", "stack_pages"),
    "max_sessions": (104, bytes(4), "max_sessions"),
    "max_instances": (108, bytes(4), "max_instances"),
    "reserved": (200, b"\1", "reserved"),
}


def owner_and_payload():
    return signing.Owner(), HELLO.read_bytes()[PAYLOAD:]


@each(case=tuple(ELF_CASES))
def test_elf(case):
    """Correctly signed: of the ELF file's gates, the broken one is named, and no gate of the container."""
    edit, gate, words = ELF_CASES[case]
    owner, payload = owner_and_payload()
    manifest = BUILD.parent / "trustlets/hello/hello.manifest"
    failures = validate(owner.image(edit(payload), "--manifest", manifest), "--owner", owner.public)
    assert any(found == gate and words in text for found, text in failures), failures
    assert {found for found, _ in failures} <= {"elf", "note", "relocation"}, failures


@each(field=tuple(HEADER_CASES))
def test_header(field):
    """A changed header fails its own gate, and the signature and the note with it."""
    at, value, words = HEADER_CASES[field]
    failures = validate(changed(HELLO.read_bytes(), SIGNATURE + at, value))
    assert any(gate == "header" and words in text for gate, text in failures), failures
    assert "signature" in dict(failures), failures
    assert "note" in dict(failures) or field == "payload_size", failures


def with_quota(pages):
    """The failures of its quota; a header that is not the note's fails by itself."""
    failures = validate(changed(HELLO.read_bytes(), SIGNATURE + 112, struct.pack("<I", pages)))
    return [text for gate, text in failures if gate == "quota"]


def test_quota():
    """A page_quota that image, heap and stacks do not fit: the sentence says what they take, and that much is enough."""
    text, = with_quota(1)
    needed = int(text.split()[-1])
    assert text.startswith("page_quota: 1,") and needed > 10, text
    assert with_quota(needed - 1) and not with_quota(needed) and not with_quota(0)


def test_container():
    """Size, block, key, signature, kind and floor."""
    owner, payload = owner_and_payload()
    other = signing.Owner()
    good = owner.image(payload)
    assert validate(good, "--owner", owner.public, "--floor", "1") == []
    assert dict(validate(good[:PAYLOAD])).keys() == {"size"}
    assert dict(validate(b"")).keys() == {"size"}
    assert dict(validate(bytes((16 << 20) + 1))).keys() == {"size"}
    assert dict(validate(changed(good, 0, b"\3"))).keys() == {"block"}
    assert dict(validate(changed(good, 80, b"\1"))).keys() == {"block"}
    assert dict(validate(changed(good, 130, b"\0\0\0\0"))).keys() == {"signature"}
    assert dict(validate(good, "--owner", other.public)).keys() == {"key"}
    assert dict(validate(good, "--floor", "2")).keys() == {"floor"}


def test_all_at_once():
    """What is wrong early hides nothing that is wrong late."""
    owner, payload = owner_and_payload()
    other = signing.Owner()
    for case in ("wx", "entry", "needed", "other-note"):
        payload = ELF_CASES[case][0](payload)
    image = changed(owner.image(HELLO.read_bytes()[PAYLOAD:])[:PAYLOAD] + payload, SIGNATURE + 108, bytes(4))
    found = validate(image, "--owner", other.public, "--floor", "9")
    assert {gate for gate, _ in found} == {"key", "signature", "header", "floor", "elf", "note", "relocation"}, found
    assert len([gate for gate, _ in found if gate == "elf"]) == 2, found


def test_text_and_usage():
    """For people: the same in sentences; a wrong command line is exit code 2."""
    done = subprocess.run([signing.VALIDATE, HELLO], capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout == f"{HELLO}: passes every gate\n", done.stdout
    with tempfile.TemporaryDirectory() as folder:
        broken = Path(folder) / "broken"
        broken.write_bytes(changed(HELLO.read_bytes(), 0, b"\3"))
        done = subprocess.run([signing.VALIDATE, broken], capture_output=True, text=True)
    assert done.returncode == 1 and "block: the signature block is malformed" in done.stdout, done.stdout
    assert done.stdout.endswith("refused, failed gates: 1\n"), done.stdout
    for arguments in ((), ("--owner",), ("--colour", HELLO), (HELLO, HELLO)):
        assert subprocess.run([signing.VALIDATE, *arguments], capture_output=True).returncode == 2
