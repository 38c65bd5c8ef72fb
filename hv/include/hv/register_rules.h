/*
 * What a register may hold: the rules that the processor applies to a guest's
 * own write, for writes that somebody else makes for it.
 */
#pragma once

#include <hv/vendor.h>

#include <hv/cpu.h>

bool rule_canonical(uint64_t address);

/* Whether the VTL runs 64-bit code. */
bool in_64_bit_code(const struct cpu *cpu, enum vtl vtl);
bool rule_pat(uint64_t value); /* IA32_PAT: every byte a memory type */

/* Whether the VTL could load these itself now, and the hypervisor may go on: paging and the mode stay as they are. */
bool rule_cr0(const struct cpu *cpu, enum vtl vtl, uint64_t *value);
bool rule_cr4(const struct cpu *cpu, enum vtl vtl, uint64_t value);

/* What a guest may have in EFER at all. */
uint64_t rule_efer_bits(void);
/*
 * Whether a MOV to CR0 or CR4 of the VTL would load the value or raise #GP(0). What the processor ignores or forces in
 * *value is ignored and forced here. (SDM vol. 2B and APM vol. 3, "MOV to/from Control Registers".)
 */
bool rule_load_cr0(const struct cpu *cpu, enum vtl vtl, uint64_t *value);
bool rule_load_cr4(const struct cpu *cpu, enum vtl vtl, uint64_t value);

bool rule_cr3(const struct cpu *cpu, enum vtl vtl, uint64_t value);
bool rule_xcr0(uint64_t value);

/* Whether the VTL could hold this in LDTR, TR, IDTR or GDTR. */
bool rule_segment(const struct cpu *cpu, enum vtl vtl, enum vsegment segment, const struct hv_x64_segment_register *value);

/* The same for EFER; *value gets the LMA that goes with it. */
bool rule_efer(const struct cpu *cpu, enum vtl vtl, uint64_t *value);
