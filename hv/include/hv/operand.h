/*
 * The memory operand of an instruction of the active VTL that the hypervisor
 * does for it, and what such instructions read of descriptor tables: by
 * segments, through the VTL's own tables and with its rights, as the processor.
 */
#pragma once

#include <hv/cpu.h>
#include <hv/decode.h>

/* Copies the operand to or from the buffer. False: it faults, and the fault (or VTL1's intercept) is on its way. */
bool operand_copy(struct cpu *cpu, const struct insn *insn, void *buffer, size_t size, bool write);

/* An operand of 16 bits, in a register or memory. */
bool operand_word(struct cpu *cpu, const struct insn *insn, uint16_t *value);

/* As operand_copy, for a linear address that the processor itself would use, as a supervisor whatever RFLAGS.AC says. */
bool system_copy(struct cpu *cpu, gva_t at, void *buffer, size_t size, bool write);
