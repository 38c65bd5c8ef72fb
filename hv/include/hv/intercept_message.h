/*
 * What VTL1 is told of VTL0's forbidden or intercepted accesses (TLFS, "Intercept
 * Message Header" and the messages that begin with it). Each switches to VTL1, with
 * VTL0's instruction not retired; without a message page it is #GP(0) in VTL0.
 */
#pragma once

#include <hv/cpu.h>

#include <abi/tlfs.h>

/* cpu->exit is the memory access. */
void intercept_memory(struct cpu *cpu);

/* cpu->exit is an access of a port. */
void intercept_io(struct cpu *cpu);

/* VTL0 is about to write a legal value, or to read; the instruction is that many bytes long. */
void intercept_rdmsr(struct cpu *cpu, uint32_t msr, unsigned length);
void intercept_wrmsr(struct cpu *cpu, uint32_t msr, uint64_t value, unsigned length);
void intercept_register(struct cpu *cpu, uint32_t name, struct hv_register_value value, unsigned length);
