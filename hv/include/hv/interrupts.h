/*
 * Interrupts that wait for a VTL: virtual ones, and physical ones that were
 * acknowledged while VTL1 ran (F14) and are VTL0's. The highest vector goes
 * first, as in a local APIC.
 */
#pragma once

#include <hv/cpu.h>
#include <hv/mutant.h>

/* Whether physical interrupts wait while this VTL runs. */
static inline bool holds_interrupts(enum vtl vtl)
{
    return vtl == VTL1 && !mutant_is(MUTANT_INTERRUPTS_IN_VTL1);
}

void interrupt_raise(struct cpu *cpu, enum vtl vtl, uint8_t vector);

/* Whether any waits that the back end has not been offered. */
bool interrupts_wait(const struct cpu *cpu, enum vtl vtl);

/* Hands the next one to the back end, where it waits until the VTL takes it. Before each entry of the VTL. */
void interrupts_offer(struct cpu *cpu, enum vtl vtl);

/* A physical interrupt was acknowledged on this processor: VTL0's. Called by the back ends. */
void interrupt_arrived(struct cpu *cpu, uint8_t vector);
