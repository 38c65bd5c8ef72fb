/* Brings VTL1 up from VTL0, under the hypervisor, before anything foreign runs. */
#pragma once

#include "processors.h"
#include "vtl1_region.h"

/*
 * Enables VTL1, enters it on the boot processor and then once on each other
 * one. False, after one error line: VTL1 is not up and VTL0's program must not
 * be started. Nothing of it is left behind in VTL0.
 */
bool vtl1_start(const struct processors *processors, const struct vtl1_entry *entry);
