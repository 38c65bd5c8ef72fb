/* Synthetic timers: what the files of this test share. */
#pragma once

#include "guest.h"

#define GP          (GUEST_FAULT + VECTOR_GP)
#define MILLISECOND UINT64_C(10000) /* in reference time */
#define PATIENCE    (2000 * MILLISECOND)
#define CONFIG(n)   (HV_MSR_STIMER0_CONFIG + 2 * (n))
#define COUNT(n)    (HV_MSR_STIMER0_CONFIG + 2 * (n) + 1)
#define DIRECT_TEST (HV_STIMER_DIRECT | (uint64_t)VECTOR_TEST << 4)
#define DIRECT_TICK (HV_STIMER_DIRECT | (uint64_t)GUEST_VECTOR_TICK << 4)

/* Reference time without an exit. */
uint64_t now(void);

/* With IF = 1: until this processor has taken so many, or for the time; how many it has. */
uint64_t wait_interrupts(uint64_t at_least, uint64_t limit);
uint64_t interrupts_here(void);

/* With IF = 1 for it alone: HLT, or HV_X64_MSR_GUEST_IDLE. */
void rest_hlt(void);
void rest_idle(void);
#define FEW_RESTS 40u /* that end by what else comes, the firmware's timer above all */

/* Spins without an exit. */
void spin_until(uint64_t time);

/* MSRs of VTL1. */
void vtl1_write(uint32_t msr, uint64_t value);
uint64_t vtl1_read(uint32_t msr);

/* Each says lines; on the processor that calls, which must be the boot processor. */
void test_rules(void);
void test_messages(void);
void test_apic_timer(void);
void test_timers_of_vtl1(void);
void test_idle(void);
