/*
 * The local APIC's timer for two masters (architecture F18), on processors
 * without a timer of the hypervisor's own. From a processor's first deadline
 * on the hardware counts for the next deadline of either, VTL0's timer is
 * three registers here, and VTL0's reads of the APIC page exit. It goes back
 * to VTL0 when no deadline is on and VTL0's timer stands still or is set anew.
 */
#pragma once

#include <hv/cpu.h>

/* The hypervisor's own vector meanwhile, the highest: only what VTL0 has in service of its class, or its task priority, holds it off. */
#define APIC_TIMER_VECTOR 0xFFu

/* By how much a divide configuration register's value divides: bits 3, 1 and 0 are 2, 4 ... 128, 1. */
uint64_t apic_timer_divisor(uint32_t divide);

/* Sees to it that an interrupt comes when the TSC has that value; CLOCK_NEVER: none is needed. Before each entry. */
void apic_timer_set(struct cpu *cpu, uint64_t tsc);

/* Whether the hardware counts for the hypervisor: physical interrupts must exit. */
static inline bool apic_timer_is_taken(const struct cpu *cpu)
{
    return cpu->timer.taken;
}

/* VTL0's access to one of the timer's registers. False: it is none of them, or the hardware's own answer is right. */
bool apic_timer_write(struct cpu *cpu, uint32_t offset, uint32_t value);
bool apic_timer_read(struct cpu *cpu, uint32_t offset, uint32_t *value);

/* VTL0's timer has run down. A row of deadline.c. */
void apic_timer_expired(struct cpu *cpu, enum vtl vtl);

/* An acknowledged interrupt. True: the hypervisor's own, and ended. */
bool apic_timer_interrupt(struct cpu *cpu, uint8_t vector);

/* VTL0 has switched its APIC on or off, which the hardware's timer has seen. */
void apic_timer_refresh(struct cpu *cpu, bool enabled);

/* INIT: all is as the hardware has it after apic_reset. */
void apic_timer_reset(struct cpu *cpu);
