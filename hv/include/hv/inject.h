/* Exceptions for the active VTL. */
#pragma once

#include <hv/cpu.h>

#define VECTOR_DB 1u
#define VECTOR_NMI 2u
#define VECTOR_UD 6u
#define VECTOR_GP 13u

void inject_ud(struct cpu *cpu);
void inject_gp(struct cpu *cpu); /* #GP(0) */
