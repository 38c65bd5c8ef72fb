/* Pass 2: every processor goes under the hypervisor. */
#pragma once

#include "resident.h"

/*
 * Launches all other processors by one call of the firmware, then this one,
 * then has each look at its CPUID. False, after one error line: the machine is
 * half taken over and must be stopped.
 */
bool takeover_run(struct resident *resident, const struct processors *processors);

/* Whether the processor that asks sees a hypervisor with the interface "Hv#1". */
bool takeover_seen(void);
