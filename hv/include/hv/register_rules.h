/*
 * What a register may hold: the rules that the processor applies to a guest's
 * own write, for writes that somebody else makes for it.
 */
#pragma once

#include <hv/cpu.h>

#include <abi/tlfs.h>

bool rule_canonical(uint64_t address);
bool rule_pat(uint64_t value); /* IA32_PAT: every byte a memory type */

/*
 * Whether a VTL can start with this state (start_context.c): 64-bit mode,
 * ring 0, and nothing that a processor refuses at entry.
 */
bool rule_context(const struct hv_initial_vp_context *context);

/* Whether the VTL could load these itself now, and the hypervisor may go on: paging and the mode stay as they are. */
bool rule_cr0(const struct cpu *cpu, enum vtl vtl, uint64_t value);
bool rule_cr4(const struct cpu *cpu, enum vtl vtl, uint64_t value);

/* The same for EFER; *value gets the LMA that goes with it. */
bool rule_efer(const struct cpu *cpu, enum vtl vtl, uint64_t *value);
