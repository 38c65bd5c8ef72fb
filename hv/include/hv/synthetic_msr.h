/*
 * The synthetic MSRs of a VTL, on the processor whose they are: for the VTL's
 * own RDMSR and WRMSR, and for the VP registers that name them.
 */
#pragma once

#include <hv/cpu.h>

/* False: no such MSR, or one that is not to be read or written, or the value is refused. */
bool synthetic_msr_read(const struct cpu *cpu, enum vtl vtl, uint32_t msr, uint64_t *value);
bool synthetic_msr_write(struct cpu *cpu, enum vtl vtl, uint32_t msr, uint64_t value);
