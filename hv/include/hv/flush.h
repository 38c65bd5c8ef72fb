/* The flush hypercalls, and VTL1's lock on the translations of its processor's VTL0 that holds them off (TLFS, "TLB Flush"). */
#pragma once

#include <hv/hypercall_parameters.h>

/* The four flush calls; lists are not looked at, since everything is dropped. Status, or CALL_AGAIN. */
uint16_t call_flush(struct cpu *cpu, const struct call *call);

/* Of the processor's own VTL0, by its VTL1. Any VTL return lets go. */
void tlb_lock(struct cpu *cpu, bool locked);
bool tlb_is_locked(const struct cpu *cpu);
