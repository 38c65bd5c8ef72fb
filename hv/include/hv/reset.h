/* Resets (F21): all other processors parked, VTL1's memory and state zeroed, then the machine is reset. */
#pragma once

#include <hv/cpu.h>

__attribute__((noreturn)) void machine_reset(struct cpu *cpu, const char *reason);

/* Stops the machine for ever, with VTL1's memory and state zeroed as for a reset: for what must not go on. */
__attribute__((noreturn)) void machine_stop(struct cpu *cpu);

/* Takes this processor out of use for ever. */
__attribute__((noreturn)) void processor_park(struct cpu *cpu);
