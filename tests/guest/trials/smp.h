/* The second processor: started once, then given one job after another. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Sends INIT, SIPI and waits; the second processor calls enable. False when it does not report. */
bool smp_start(bool (*enable)(unsigned processor));

/* Gives the second processor a job; smp_wait returns when it is done, or false after a bounded wait. */
void smp_job(void (*job)(void));
bool smp_wait(void);

/* How often the second processor came through its start-up code. */
extern volatile uint64_t application_starts;
