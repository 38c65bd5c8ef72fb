/*
 * What a register may hold: the rules that the processor applies to a guest's
 * own write, for writes that somebody else makes for it.
 */
#pragma once

#include <hv/cpu.h>

bool rule_canonical(uint64_t address);
bool rule_pat(uint64_t value); /* IA32_PAT: every byte a memory type */

/* Whether the VTL could load these itself now, and the hypervisor may go on: paging and the mode stay as they are. */
bool rule_cr0(const struct cpu *cpu, enum vtl vtl, uint64_t value);
bool rule_cr4(const struct cpu *cpu, enum vtl vtl, uint64_t value);

/* What a guest may have in EFER at all. */
uint64_t rule_efer_bits(void);

/* The same for EFER; *value gets the LMA that goes with it. */
bool rule_efer(const struct cpu *cpu, enum vtl vtl, uint64_t *value);
