/* Exceptions for the active VTL. */
#pragma once

#include <hv/cpu.h>

#define VECTOR_DB 1u
#define VECTOR_NMI 2u
#define VECTOR_UD 6u
#define VECTOR_DF 8u
#define VECTOR_GP 13u
#define VECTOR_PF 14u

void inject_ud(struct cpu *cpu);
void inject_gp(struct cpu *cpu); /* #GP(0) */

/*
 * Makes room for an exception of the VTL. An interrupt whose delivery was
 * broken off becomes a virtual interrupt and follows when the VTL takes
 * interrupts again, an NMI follows as an NMI. A broken-off exception is
 * dropped: its instruction has not retired and raises it again.
 */
void event_put_behind(struct cpu *cpu, enum vtl vtl);

/*
 * Delivers an exception to the VTL at its next entry, with what was being
 * delivered when it arose taken into account: a second contributory exception
 * is a double fault, one during a double fault is a shutdown.
 */
void inject_exception(struct cpu *cpu, enum vtl vtl, struct event event);
