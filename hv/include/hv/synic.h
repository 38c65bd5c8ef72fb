/* The SynIC of VTL1: its message page and SINT0 (TLFS, "Secure Intercepts"). */
#pragma once

#include <hv/cpu.h>

/*
 * Reports cpu->exit (a memory access of VTL0) to VTL1 and switches to it.
 * False: VTL1 is not up on this processor or has no message page.
 */
bool synic_gpa_intercept(struct cpu *cpu);

/* Whether a SINT of the VTL has the vector, with AutoEOI. */
bool synic_ends(const struct cpu *cpu, enum vtl vtl, uint8_t vector);
