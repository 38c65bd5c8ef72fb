/*
 * Making other processors forget (F15): an epoch that every processor checks
 * between announcing that it runs a guest and running it, and an NMI to those
 * that run VTL0 now. Processors in the hypervisor are never waited for.
 */
#pragma once

#include <hv/cpu.h>

/* The log's line for it, at level debug: VTL, processor, epoch. Written by the back ends beside the instruction. */
#define INVALIDATED_TEXT "translations of VTL%u dropped on processor %u, epoch %lu"

/* Every processor drops VTL0's cached translations before VTL0 executes another instruction there. Returns when that is so. */
void shootdown_vtl0(struct cpu *cpu);

/* The named processors (a mask of VP indexes) drop the VTL's translations, likewise. */
void flush_processors(struct cpu *self, enum vtl vtl, uint64_t processors);

/* Between announcing that the active VTL runs and running it: what flush_processors asked for. */
void flush_if_asked(struct cpu *cpu);

/* Makes target (self too) leave its guest, or its next one at once. */
void cpu_kick(struct cpu *self, struct cpu *target);

/* Leaves a request for target and makes it look, wherever it is. */
void cpu_request(struct cpu *target, uint32_t request);
