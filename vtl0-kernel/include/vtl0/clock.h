/* Time: the TSC and the APIC timer, measured against the 8254. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Boot processor, after apic_init. wall_clock is FILETIME at about now, 0 if unknown. */
void clock_init(uint64_t wall_clock);

uint64_t clock_tsc_hertz(void);
uint64_t clock_apic_hertz(void); /* of the timer as apic_timer_start divides it */

/* 100 ns since 1601-01-01 UTC. */
uint64_t clock_filetime(void);

uint64_t clock_microseconds(void); /* since clock_init */

/* Only for delays that hardware demands. */
void clock_delay(uint64_t microseconds);

/* Waits until *flag is true; false when the time is over first. */
bool clock_wait_for(const volatile bool *flag, uint64_t microseconds);
