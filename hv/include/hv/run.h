/* The run loop of a processor: enter the active VTL, let a handler decide about the exit, for ever. */
#pragma once

#include <hv/cpu.h>

__attribute__((noreturn)) void run(struct cpu *cpu);
