"""Reads abi/vsm.list, the one description of the VSM interface. Its head explains the form."""

import re
from dataclasses import dataclass, field
from pathlib import Path

LIST = Path(__file__).resolve().parent.parent / "vsm.list"
SIZES = {"u8": 1, "u16": 2, "u32": 4, "u64": 8, "s64": 8}
KINDS = ("simple", "simple_var", "rep", "rep_var", "switch")
# Who may get or set a register, and the words for it in docs/abi.md.
CLASSES = {"none": "no", "any": "own and lower VTL", "own": "own VTL", "lower": "VTL1 of VTL0", "lower-invalid": "VTL1 of VTL0",
           "vtl1-only": "VTL1", "vtl1-own": "VTL1, its own", "vtl1-own-invalid": "VTL1, its own"}


class ListError(Exception):
    """The list is wrong: where and why."""


@dataclass
class Field:
    type: str
    name: str
    count: int  # 0: no array
    must_be: str  # "", "0" or "SELF"
    comment: str
    at: int = 0
    size: int = 0


@dataclass
class Struct:
    name: str
    fields: list
    comment: str = ""
    size: int = 0


@dataclass
class Hypercall:
    code: int
    name: str
    lowest_vtl: int
    kind: str
    input: Struct = None
    output: Struct = None
    element: Field = None
    element_output: Field = None
    statuses: list = field(default_factory=list)  # [(status, when)]

    @property
    def is_rep(self):
        return self.kind.startswith("rep")

    @property
    def rep_output_size(self):
        return self.output.size if self.output else self.element_output.size if self.element_output else 0


@dataclass
class Register:
    """One, or several with the same rules and numbers in a row."""
    number: int
    names: list
    get: str
    set: str
    text: str


@dataclass
class Msr:
    number: int
    names: list
    scope: str  # P one for the partition and VTL, V for each processor and VTL, S for both VTLs
    text: str


@dataclass
class VsmList:
    statuses: dict = field(default_factory=dict)  # name -> (value, text)
    structs: dict = field(default_factory=dict)
    hypercalls: list = field(default_factory=list)
    registers: list = field(default_factory=list)
    msrs: list = field(default_factory=list)


def names_of(words):
    """A,B,C or A0..A15."""
    found = re.fullmatch(r"(\w*?)(\d+)\.\.\1(\d+)", words)
    if found:
        return [f"{found[1]}{n}" for n in range(int(found[2]), int(found[3]) + 1)]
    return words.split(",")


def lines_of(text):
    """[(line number, depth in steps of four, words)] without comment lines and empty ones."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, (len(line) - len(line.lstrip())) // 4, line.strip()


def read_field(line, structs):
    code, _, comment = (part.strip() for part in line.partition("#"))
    found = re.fullmatch(r"(\w+)\s+(\w+)(?:\[(\d+)\])?(?:\s*=\s*(0|SELF))?", code)
    if not found:
        raise ListError(f"not a field: {line}")
    kind, name, count, must_be = found.groups()
    if kind not in SIZES and kind not in structs:
        raise ListError(f"no such type: {kind}")
    size = SIZES.get(kind) or structs[kind].size
    return Field(kind, name, int(count or 0), must_be or "", comment, size=size * int(count or 1))


def natural_alignment(kind, structs):
    return SIZES.get(kind) or max(natural_alignment(part.type, structs) for part in structs[kind].fields)


def lay_out(struct, said_size, structs):
    """Offsets without a gap: the list names every byte."""
    at = 0
    for part in struct.fields:
        if at % natural_alignment(part.type, structs):
            raise ListError(f"{struct.name}.{part.name} is not aligned at {at}")
        part.at, at = at, at + part.size
    struct.size = at
    if at != said_size:
        raise ListError(f"{struct.name} has {at} bytes, not {said_size}")


class Reader:
    """One entry at a time; each kind of entry has its method."""

    def __init__(self, text):
        self.lines = list(lines_of(text))
        self.at = 0
        self.made = VsmList()

    def next_deeper(self, depth):
        """The next line, if it is deeper than that."""
        if self.at < len(self.lines) and self.lines[self.at][1] > depth:
            self.at += 1
            return self.lines[self.at - 1][2]
        return None

    def fields(self, depth):
        found = []
        while (line := self.next_deeper(depth)) is not None:
            found.append(read_field(line, self.made.structs))
        return found

    def struct(self, words, depth):
        """Defines it; or, without fields, names one that is defined."""
        name, size, comment = re.fullmatch(r"(\w+)(?:\s+(\d+))?\s*(?:#\s*(.*))?", words).groups()
        if size is None:
            return self.made.structs[name]
        struct = Struct(name, self.fields(depth), comment or "")
        lay_out(struct, int(size), self.made.structs)
        self.made.structs[name] = struct
        return struct

    def text(self):
        parts = []
        while (line := self.next_deeper(0)) is not None:
            parts.append(line)
        return " ".join(parts)

    def status(self, words):
        value, name = words.split()
        self.made.statuses[name] = (int(value, 16), self.text())

    def msr(self, words):
        number, names, scope = words.split()
        self.made.msrs.append(Msr(int(number, 16), names_of(names), scope, self.text()))

    def register(self, words):
        number, names, get, set_ = words.split()
        if get not in CLASSES or set_ not in CLASSES:
            raise ListError(f"{names}: {get} or {set_} is no class of access")
        self.made.registers.append(Register(int(number, 16), names_of(names), get, set_, self.text()))

    def hypercall_part(self, call, line):
        what, _, rest = line.partition(" ")
        if what == "status":
            status, _, when = rest.partition(":")
            if status not in self.made.statuses:
                raise ListError(f"{call.name}: no status {status}")
            call.statuses.append((status, when.strip()))
        elif what in ("input", "output"):
            setattr(call, what, self.struct(rest.strip(), 1))
        elif what == "element":
            call.element = read_field(rest.strip(), self.made.structs)
        elif what == "gives":
            call.element_output = read_field(rest.strip(), self.made.structs)
        else:
            raise ListError(f"{call.name}: what is {line}?")

    def hypercall(self, words):
        code, name, _, vtl, kind = words.split()
        if kind not in KINDS:
            raise ListError(f"{name}: no kind {kind}")
        call = Hypercall(int(code, 16), name, int(vtl), kind)
        while (line := self.next_deeper(0)) is not None:
            self.hypercall_part(call, line)
        self.made.hypercalls.append(call)

    def entry(self):
        _, _, line = self.lines[self.at]
        self.at += 1
        what, _, words = line.partition(" ")
        if what == "struct":
            self.struct(words.strip(), 0)
        elif what in ("status", "msr", "register", "hypercall"):
            getattr(self, what)(words.strip())
        else:
            raise ListError(f"what is {what}?")

    def read(self):
        while self.at < len(self.lines):
            number = self.lines[self.at][0]
            try:
                self.entry()
            except (ListError, ValueError, KeyError, AttributeError) as error:
                raise ListError(f"{LIST.name}, entry at line {number}: {error}") from error
        return self.made


def read(path=LIST):
    return Reader(path.read_text()).read()


def zero_ranges(struct):
    """[(offset, size)] of bytes that must be zero; fields inside fields too are not: only an element has those."""
    return [(part.at, part.size) for part in struct.fields if part.must_be == "0"]
