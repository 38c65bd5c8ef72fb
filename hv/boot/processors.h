/*
 * The machine's processors, as the firmware's MP services know them. Number
 * here = VP index later: the boot processor is 0.
 */
#pragma once

#include "firmware.h"

#include <hv/layout.h>

struct processors {
    uint32_t count;
    uint32_t apic_ids[HV_MAX_PROCESSORS];
};

/* Lists the processors. False: one error line was printed (none usable, too many, some disabled). */
bool processors_find(struct processors *processors);

/*
 * Runs procedure(argument) on every processor but this one, all at once, and
 * returns when all have finished. The firmware starts them by INIT and SIPI.
 */
bool processors_run_others(const struct processors *processors, VOID(EFIAPI *procedure)(VOID *argument), void *argument);

/* The number of the processor that asks, or processors->count if it is not listed. */
uint32_t processors_self(const struct processors *processors);
