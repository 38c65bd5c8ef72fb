/* The register dump of a machine that stops: VTL0's registers and the hypervisor's bookkeeping, never memory, never VTL1's registers. */
#pragma once

#include <hv/cpu.h>

void dump_registers(const struct cpu *cpu);
