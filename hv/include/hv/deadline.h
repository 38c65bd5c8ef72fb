/*
 * Moments a processor's hypervisor waits for. A deadline belongs to a VTL and
 * ends the run of that VTL or of a lower one; one of VTL0 waits while VTL1 is
 * active, unless VTL1 is to be told of VTL0's interrupts (hv/vina.h). The back
 * end ends the run (vendor->set_deadline), the run loop calls what the
 * deadline's row names. All of it on the processor concerned.
 */
#pragma once

#include <hv/clock.h>
#include <hv/cpu.h>

/* However near a deadline is, VTL1 runs for that part of a second, 10 us, before it ends the run. */
#define LEAST_RUNS_A_SECOND 100000u

/* The deadline fires once when the TSC has reached that value; CLOCK_NEVER: it is off. */
void deadline_set(struct cpu *cpu, enum deadline which, uint64_t tsc);

/* The next one that ends the active VTL's run; CLOCK_NEVER: none. */
uint64_t deadline_next(struct cpu *cpu);

/* Whether any of that VTL or a higher one is on, VTL0's APIC timer left out. */
bool deadline_is_on(const struct cpu *cpu, enum vtl lowest);

/* Calls those whose time has come. Before each entry. */
void deadlines_run(struct cpu *cpu);
