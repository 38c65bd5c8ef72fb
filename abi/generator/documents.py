"""The tables of docs/abi.md that the list makes, each between two comments there."""

import re

from headers import every_status, has_partition, zero_of_element
from vsm_list import CLASSES, SIZES, zero_ranges

MARK = re.compile(r"(<!-- from vsm\.list: ([\w-]+)(?: (\w+))? -->\n)(.*?)(<!-- end -->)", re.S)
KIND_WORDS = {"simple": "simple", "simple_var": "simple, variable header", "rep": "rep", "rep_var": "rep, variable header",
              "switch": "switch"}

ABBREVIATIONS = ("vtl", "vp", "gpa", "gva", "apic")


def table(head, rows):
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(row).replace("|  |", "| |") + " |" for row in rows]
    return "\n".join(line.replace("  |", " |") for line in lines) + "\n"


def number_range(entry, width=8):
    first = f"0x{entry.number:0{width}X}"
    return first if len(entry.names) == 1 else f"{first}-0x{entry.number + len(entry.names) - 1:0{width}X}"


def name_range(names):
    numbered = re.fullmatch(r"(\w*?)\d+", names[0])
    if len(names) > 4 and numbered and all(name.startswith(numbered[1]) for name in names):
        return f"{names[0]}-{names[-1]}"
    return " ".join(names)


def msrs(made, _):
    return table(("MSR", "Name", "Scope", "As implemented"),
                 [(number_range(msr), name_range(msr.names), msr.scope, msr.text) for msr in made.msrs])


def registers(made, _):
    return table(("Number", "Name", "Get", "Set", "As implemented"),
                 [(number_range(entry), name_range(entry.names), CLASSES[entry.get], CLASSES[entry.set], entry.text)
                  for entry in made.registers])


def element_sizes(call):
    if not call.is_rep:
        return f"0 / {call.rep_output_size}" if call.rep_output_size else ""
    return f"{call.element.size} / {call.rep_output_size}"


def hypercalls(made, _):
    return table(("Code", "Name", "Lowest VTL", "Kind", "Input", "Each element in / out"),
                 [(f"0x{call.code:04X}", call.name, str(call.lowest_vtl), KIND_WORDS[call.kind],
                   f"{call.input.size} bytes" if call.input else "", element_sizes(call)) for call in made.hypercalls])


def words_of(name):
    return " ".join(word.upper() if word in ABBREVIATIONS else word for word in name.split("_"))


def field_words(part):
    name = "zero" if part.must_be == "0" else "partition" if part.must_be == "SELF" else words_of(part.name)
    size = f" ({part.size})" if part.size != 8 or part.must_be == "0" else ""
    return f"{part.at} {name}{size}"


def list_words(call):
    """What follows the fixed part."""
    words = [f"{call.input.size} banks, 8 each"] if call.kind.endswith("_var") else []
    if call.element:
        at = "" if words else f"{call.input.size} "
        words.append(f"{at}{words_of(call.element.name)}s, {call.element.size} each")
    return words


def layouts(made, _):
    rows, seen = [], {}
    for call in (call for call in made.hypercalls if call.input):
        words = [field_words(part) for part in call.input.fields]
        if call.input.name in seen and len(words) > 2:
            words = [f"as {seen[call.input.name]}"]
        seen.setdefault(call.input.name, call.name)
        rows.append((call.name, ", ".join([*words, *list_words(call)])))
        if call.output:
            given = [part for part in call.output.fields if not part.name.startswith("reserved")]
            rows.append((f"{call.name}, output", ", ".join(map(field_words, given))))
    for struct in (made.structs[call.element.type] for call in made.hypercalls if call.element and call.element.type not in SIZES):
        rows.append((struct.name, ", ".join(field_words(part) for part in struct.fields)))
    return table(("Of", "Offset: field (bytes, if not 8)"), rows)


def call_statuses(made, name):
    call = next(call for call in made.hypercalls if call.name == name)
    rows = [("another partition", "INVALID_PARTITION_ID")] if has_partition(call) else []
    if zero_ranges(call.input) or zero_of_element(call, made)[1]:
        rows.append(("a byte that must be zero is not", "INVALID_PARAMETER"))
    rows += [("VTL0 asks", "ACCESS_DENIED")] if call.lowest_vtl else []
    rows += [(when, status) for status, when in call.statuses]
    named = {status for _, status in rows} | {"SUCCESS", "INVALID_HYPERCALL_INPUT", "INVALID_ALIGNMENT"}
    assert set(every_status(call, made)) <= named, name
    return table(("When", "Status"), rows)


def statuses(made, _):
    return table(("Value", "Status", "Meaning"), [(f"0x{value:X}", name, text) for name, (value, text) in made.statuses.items()])


PARTS = {"msrs": msrs, "registers": registers, "hypercalls": hypercalls, "layouts": layouts, "statuses": statuses,
         "statuses-of": call_statuses}


def fill(text, made):
    """The document with each of its tables as the list has it now."""
    return MARK.sub(lambda mark: mark[1] + PARTS[mark[2]](made, mark[3]) + mark[5], text)
