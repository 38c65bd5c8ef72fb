/*
 * Switching between the VTLs of a virtual processor (TLFS, "VTL Call",
 * "VTL Return", "VTL Entry"). Called on the processor concerned.
 */
#pragma once

#include <hv/cpu.h>

#include <abi/tlfs.h>

/* The synthetic registers of a VTL that has not been used yet; it is not enabled. */
static inline void vtl_state_reset(struct vtl_state *state)
{
    *state = (struct vtl_state){ .scontrol = 1 };
    local_apic_reset(&state->apic);
    for (unsigned i = 0; i < 16; i++) {
        state->sint[i] = HV_SINT_RESET;
    }
}

/* VTL0 -> VTL1 by call: RIP of VTL0 has been moved on by the caller. */
void vtl_enter_by_call(struct cpu *cpu);

/* VTL0 -> VTL1 for an intercept message or interrupt; RIP of VTL0 stays. */
void vtl_enter_by_interrupt(struct cpu *cpu);

/* VTL1 -> VTL0; control is RAX at the switch (bit 0: fast). */
void vtl_return(struct cpu *cpu, uint64_t control);
