/*
 * The architectural registers that each VTL has for itself, under their TLFS
 * names (vsm-abi.md 5.1, 5.2). On the processor that they belong to.
 */
#pragma once

#include <hv/vendor.h>

#include <hv/cpu.h>

/* struct hv_x64_segment_register, and for a table struct hv_x64_table_register, as the two halves of a value. */
struct hv_register_value private_segment_value(enum vsegment segment, const struct hv_x64_segment_register *from);

/* False: no such register. */
bool private_register_get(const struct cpu *cpu, enum vtl vtl, uint32_t name, struct hv_register_value *value);

/* INVALID_PARAMETER: no such register, or it is not to be set; INVALID_REGISTER_VALUE: not this value. */
uint16_t private_register_set(struct cpu *cpu, enum vtl vtl, uint32_t name, const struct hv_register_value *value);

/* Whether private_register_set would accept the value. Not for segments and tables. */
bool private_register_accepts(const struct cpu *cpu, enum vtl vtl, uint32_t name, uint64_t value);
