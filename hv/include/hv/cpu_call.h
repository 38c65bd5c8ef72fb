/*
 * Work for another processor's hypervisor: what only it may touch (its VTLs'
 * registers) is asked of it. The caller waits, and does what is asked of
 * itself meanwhile, so that two who ask each other both get their answer.
 * Nobody calls with a lock held.
 */
#pragma once

#include <hv/cpu.h>

struct cpu_work {
    void (*run)(struct cpu *target, void *argument);
    void *argument;
    _Atomic bool done;
};

/* Runs run(target, argument) on target, between two entries of whatever VTL it runs, and returns behind it. */
void cpu_call(struct cpu *self, struct cpu *target, void (*run)(struct cpu *target, void *argument), void *argument);

/* Does what others have asked of this processor, the parking before a reset included. */
void cpu_serve(struct cpu *self);
