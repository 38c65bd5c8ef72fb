/* The MTRRs as a processor's VTL0 sees them: shadows, taken from the firmware at launch. */
#pragma once

#include <hv/cpu.h>

/* Fills the shadows from this processor's registers. Once, at launch. */
void mtrr_adopt(struct cpu *cpu);

/* The shadow of an MTRR, or NULL where the number names none. */
uint64_t *mtrr_slot(struct cpu *cpu, uint32_t msr);
