/* Exceptions for the active VTL. */
#pragma once

#include <hv/cpu.h>

#define VECTOR_DB 1u
#define VECTOR_NMI 2u
#define VECTOR_UD 6u
#define VECTOR_GP 13u

void inject_ud(struct cpu *cpu);
void inject_gp(struct cpu *cpu); /* #GP(0) */

/*
 * Makes room for an exception of the VTL. An interrupt whose delivery was
 * broken off becomes a virtual interrupt and follows when the VTL takes
 * interrupts again, an NMI follows as an NMI. A broken-off exception is
 * dropped: its instruction has not retired and raises it again.
 */
void event_put_behind(struct cpu *cpu, enum vtl vtl);
