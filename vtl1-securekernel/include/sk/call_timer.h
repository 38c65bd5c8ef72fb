/*
 * Ends a trustlet's time for a call when nothing else brings it back to ring 0:
 * VTL0 may have its interrupts off, or none that comes. Synthetic timer 0 of this processor in VTL1
 * (TLFS, "Synthetic Timers"), in direct mode. Ring 0, interrupts off.
 */
#pragma once

#include <stdint.h>

/* Gives the timer its vector, VECTOR_CALL_TIMER. Boot, each processor. */
void call_timer_enable(void);

/* Interrupts ring 3 once, at that partition reference time (units of 100 ns, not 0). */
void call_timer_start(uint64_t at);

/* It may have expired by now: then its interrupt waits, and is taken and dropped like any other. */
void call_timer_stop(void);

/* Its interrupt was taken. */
void call_timer_taken(void);
