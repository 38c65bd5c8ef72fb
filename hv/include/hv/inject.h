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
 * Delivers an exception to the VTL at its next entry, with what was being
 * delivered when it arose taken into account: a second contributory exception
 * is a double fault, one during a double fault is a shutdown.
 */
void inject_exception(struct cpu *cpu, enum vtl vtl, struct event event);
