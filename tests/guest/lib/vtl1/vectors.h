/* Interrupts of VTL1 that a test raises: 24h-2Fh and 34h-3Fh are counted in their order, and ended when the test says so. */
#pragma once

#include "cpu.h"

/* From the trap handler. False: not one of them. */
bool vectors_take(struct cpu *cpu, uint64_t vector);

/* COMMAND_VECTORS, COMMAND_VECTOR_RESET, COMMAND_OPEN, COMMAND_VINA. */
uint64_t vectors_taken(uint64_t processor, uint64_t n);
uint64_t vectors_reset(struct cpu *cpu);
uint64_t open_interrupts(void);
uint64_t vina_status(struct cpu *cpu, uint64_t value);
