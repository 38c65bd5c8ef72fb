/* The other processors. All calls are made by the boot processor. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <vtl0/processor.h>

/* Starts every numbered processor by INIT and start-up; returns how many run, the boot processor included. */
uint32_t smp_start_all(uint64_t trampoline_page);

/* Resets one running processor by INIT, starts it again; false when it does not come back. */
bool smp_restart(uint32_t index);

/* Runs the work on the processor (its own included) and waits for its end; false when that takes 10 seconds. */
bool smp_call(uint32_t index, processor_work *work, void *argument);

/* The two halves of smp_call, to have several at work at once. */
void smp_call_begin(uint32_t index, processor_work *work, void *argument);
bool smp_call_end(uint32_t index);
