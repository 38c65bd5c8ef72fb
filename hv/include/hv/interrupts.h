/*
 * Interrupts that wait for a VTL: VTL1's in its own local APIC
 * (hv/local_apic.h), VTL0's physical ones that were acknowledged while VTL1
 * ran (F14). The highest vector goes first.
 */
#pragma once

#include <hv/cpu.h>
#include <hv/mutant.h>

#define FIRST_VECTOR 16 /* "Valid Interrupt Vectors": no local APIC sends those below, and they have no priority */

/* Whether physical interrupts wait while this VTL runs. */
static inline bool holds_interrupts(enum vtl vtl)
{
    return vtl == VTL1 && !mutant_is(MUTANT_INTERRUPTS_IN_VTL1);
}

void interrupt_raise(struct cpu *cpu, enum vtl vtl, uint8_t vector);

/* One that had been taken, but whose delivery came to nothing. */
void interrupt_put_back(struct cpu *cpu, enum vtl vtl, uint8_t vector);

/* Whether an acknowledged one waits for VTL0. */
bool interrupts_held(const struct cpu *cpu);

/* Delivers the next one with this entry of the VTL, if it can be; else, and for the one behind it, the run ends when it can. */
void interrupts_offer(struct cpu *cpu, enum vtl vtl);

/* A physical interrupt was acknowledged on this processor: VTL0's. Called by the back ends. */
void interrupt_arrived(struct cpu *cpu, uint8_t vector);
