/* HV_X64_MSR_CRASH_P0 to P4 and CTL: what a VTL tells of its own end. */
#pragma once

#include <hv/cpu.h>

/* A write of CTL on this processor. False: a bit that must be zero. */
bool crash_control(struct cpu *cpu, enum vtl vtl, uint64_t value);
