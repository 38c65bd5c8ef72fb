/* Secure intercepts: VTL0 touched memory it has no right to, and VTL1 decides what it gets. */
#pragma once

#include <stdint.h>

/*
 * Handles the message in slot 0 of this processor's message page, if there is
 * one: counts it, logs it (at most INTERCEPT_LOG_LIMIT lines a boot), injects
 * #GP(0) into VTL0 on this processor, frees the slot.
 */
void intercept_handle(void);

/* Secure intercepts answered so far, on all processors. */
uint64_t intercept_count(void);

#define INTERCEPT_LOG_LIMIT 64u
