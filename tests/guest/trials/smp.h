/* The second processor: started once, then given one job after another. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Sends INIT, SIPI and waits. False when no second processor reports. */
bool smp_start(void);

/* Gives the second processor a job; smp_wait returns when it is done, or false after a bounded wait. */
void smp_job(void (*job)(void));
bool smp_wait(void);

/* How often the second processor came through its start-up code. */
extern volatile uint64_t application_starts;
