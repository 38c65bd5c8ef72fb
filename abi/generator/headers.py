"""What C gets from the list: one file for each thing, written where the build looks for it."""

from vsm_list import zero_ranges

C_TYPES = {"u8": "uint8_t", "u16": "uint16_t", "u32": "uint32_t", "u64": "uint64_t", "s64": "int64_t"}
HEAD = "/* Made from abi/vsm.list by abi/generator. */\n"
GUARD = HEAD + "#pragma once\n\n"
ZERO_RANGES = 2  # of a hypercall's input; struct call_row has room for as many

# What a field of an input is to somebody who fills it, by its name.
ROLES = {"partition_id": "PARTITION", "vp_index": "VP_INDEX", "input_vtl": "VTL", "target_vtl": "VTL", "map_flags": "MAP_FLAGS",
         "access": "MAP_FLAGS", "gpa_page": "PAGE_NUMBER", "name": "NAME", "assoc": "ASSOCIATION", "vector": "INTERRUPT",
         "type": "TYPE", "parameter": "PORT"}


def c_type(name):
    return C_TYPES.get(name, f"struct {name}")


def statuses(made):
    return HEAD + "".join(f"HV_STATUS(0x{value:04X}, {name})\n" for name, (value, _) in made.statuses.items())


def numbered(entries, macro, width):
    rows = [f"{macro}(0x{entry.number + n:0{width}X}, {name})\n" for entry in entries for n, name in enumerate(entry.names)]
    return HEAD + "".join(rows)


def synthetic_msrs(made):
    return numbered(made.msrs, "HV_SYNTHETIC_MSR", 8)


def vp_registers(made):
    """HV_VP_REGISTER(number, name, who may get, who may set, MSR that it is or 0)."""
    msrs = {name: msr.number + n for msr in made.msrs for n, name in enumerate(msr.names)}
    rows = [f"HV_VP_REGISTER(0x{entry.number + n:08X}, {name}, {c_class(entry.get)}, {c_class(entry.set)}, "
            f"0x{msrs.get(name, 0):08X})\n" for entry in made.registers for n, name in enumerate(entry.names)]
    return HEAD + "".join(rows)


def c_class(name):
    return name.upper().replace("-", "_")


def zero_of_element(call, made):
    struct = made.structs.get(call.element.type) if call.element else None
    ranges = zero_ranges(struct) if struct else []
    return ranges[0] if ranges else (0, 0)


def has_partition(call):
    return int(bool(call.input) and any(part.must_be == "SELF" for part in call.input.fields))


def hypercalls(made):
    """HV_HYPERCALL(code, name, lowest VTL, kind; bytes of input, element, output; whether it begins with a partition; offset and
    size of what must be zero, twice of the input and once of an element)."""
    text = HEAD
    for call in made.hypercalls:
        zeros = zero_ranges(call.input) if call.input else []
        assert len(zeros) <= ZERO_RANGES, f"{call.name}: more than {ZERO_RANGES} fields must be zero"
        zeros = [*zeros, *[(0, 0)] * (ZERO_RANGES - len(zeros)), zero_of_element(call, made)]
        sizes = (call.input.size if call.input else 0, call.element.size if call.element else 0, call.rep_output_size)
        text += (f"HV_HYPERCALL(0x{call.code:04X}, {call.name}, {call.lowest_vtl}, {call.kind.upper()}, "
                 f"{', '.join(map(str, sizes))}, {has_partition(call)}, "
                 f"{', '.join(f'{at}, {size}' for at, size in zeros)})\n")
    return text


def role(part):
    return "ZERO" if part.must_be == "0" else ROLES.get(part.name, "NUMBER")


def hypercall_fields(made):
    """HV_HYPERCALL_FIELD(code, offset, size, role) of inputs; HV_HYPERCALL_ELEMENT(code, role)."""
    text = HEAD
    for call in made.hypercalls:
        for part in call.input.fields if call.input else []:
            text += f"HV_HYPERCALL_FIELD(0x{call.code:04X}, {part.at}, {part.size}, {role(part)})\n"
        if call.element:
            text += f"HV_HYPERCALL_ELEMENT(0x{call.code:04X}, {role(call.element)})\n"
    return text


def every_status(call, made):
    """Those of its own, and those that come of its form."""
    found = {status for status, _ in call.statuses} | {"SUCCESS", "INVALID_HYPERCALL_INPUT", "INVALID_ALIGNMENT"}
    if call.lowest_vtl > 0:
        found.add("ACCESS_DENIED")
    if has_partition(call):
        found.add("INVALID_PARTITION_ID")
    if call.input and zero_ranges(call.input) or zero_of_element(call, made)[1]:
        found.add("INVALID_PARAMETER")
    return [name for name in made.statuses if name in found]


def hypercall_statuses(made):
    """HV_HYPERCALL_STATUS(code, status): each that the call may answer."""
    return HEAD + "".join(f"HV_HYPERCALL_STATUS(0x{call.code:04X}, HV_STATUS_{status})\n"
                          for call in made.hypercalls if call.kind != "switch" for status in every_status(call, made))


def declaration(part):
    count = f"[{part.count}]" if part.count else ""
    comment = f" /* {part.comment} */" if part.comment else ""
    return f"    {c_type(part.type)} {part.name}{count};{comment}\n"


def layouts(made):
    text = GUARD + "#include <stddef.h>\n#include <stdint.h>\n"
    for struct in made.structs.values():
        comment = f"/* {struct.comment} */\n" if struct.comment else ""
        text += f"\n{comment}struct {struct.name} {{\n{''.join(map(declaration, struct.fields))}}};\n"
        text += f'_Static_assert(sizeof(struct {struct.name}) == {struct.size}, "abi/vsm.list");\n'
        text += "".join(f'_Static_assert(offsetof(struct {struct.name}, {part.name}) == {part.at}, "abi/vsm.list");\n'
                        for part in struct.fields)
    return text


def tlfs_name(name):
    """ENABLE_VP_VTL: HvCallEnableVpVtl."""
    return "HvCall" + "".join(word.capitalize() for word in name.split("_"))


def stub(call):
    """A function that makes the call, named as the call is."""
    parameters, parts = ["const struct hv_caller *caller"], [f".code = HVCALL_{call.name}"]
    if call.input:
        parameters.append(f"const struct {call.input.name} *input")
        parts.append(".input = input, .input_size = sizeof(*input)")
    if call.kind.endswith("_var"):
        parameters.append("const uint64_t *banks, uint32_t bank_count")
        parts.append(".banks = banks, .bank_count = bank_count")
    if call.element:
        parameters.append(f"const {c_type(call.element.type)} *elements, uint32_t count")
        parts.append(".elements = elements, .element_size = sizeof(*elements), .count = count")
    output = call.element_output.type if call.element_output else call.output.name if call.output else None
    if output:
        parameters.append(f"{c_type(output)} *output")
        parts.append(".output = output, .output_size = sizeof(*output)")
    if call.is_rep:
        parameters.append("uint32_t *done")
    parts_text = ",\n        ".join(parts)
    return (f"\n/* {tlfs_name(call.name)} */\n"
            f"static inline uint16_t hv_{call.name.lower()}({', '.join(parameters)})\n{{\n"
            f"    const struct hv_call_parts parts = {{\n        {parts_text},\n    }};\n\n"
            f"    return hv_make_call(caller, &parts, {'done' if call.is_rep else 'NULL'});\n}}\n")


def hypercall_stubs(made):
    return GUARD + "#include <abi/hypercall_caller.h>\n" + "".join(stub(call) for call in made.hypercalls if call.kind != "switch")


FILES = {"statuses.def": statuses, "synthetic_msrs.def": synthetic_msrs, "vp_registers.def": vp_registers,
         "hypercalls.def": hypercalls, "hypercall_fields.def": hypercall_fields, "hypercall_statuses.def": hypercall_statuses,
         "layouts.h": layouts, "hypercall_stubs.h": hypercall_stubs}


def write(made, folder):
    """Only what changed: else everything would be compiled again."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in FILES.items():
        path, text = folder / name, make(made)
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
