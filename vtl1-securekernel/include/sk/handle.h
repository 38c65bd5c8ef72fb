/*
 * Numbers by which VTL0 names what it was given: sessions, and calls that
 * stopped on their way. One counter for all, so that no handle is ever taken
 * for another, of whatever kind, in a boot. No secrets: whoever is VTL0's kernel may
 * use any of them. Under kernel_lock.
 */
#pragma once

#include <stdint.h>

/* Never zero, never the same twice. */
uint64_t handle_new(void);
