/* Leaving the firmware's world on one processor, and coming back as VTL0. */
#pragma once

#include "resident.h"

/* What launch.S needs in registers; offsets are asserted in launch.c. */
struct launch_jump {
    uint64_t page;    /* the copied code */
    uint64_t cr3;
    uint64_t stack;
    uint64_t entry;
    uint64_t launch;  /* RDI at entry */
    uint64_t handoff; /* RSI at entry */
};

/* Copies the position-independent code to the launch page. */
void launch_copy_code(void *page);

/*
 * Launches the processor that runs this as VP `index`. Returns true as VTL0.
 * Does not return at all where the resident part refuses.
 */
bool launch_processor(struct resident *resident, uint32_t index);

/* launch.S: notes where to resume in launch->context, jumps; returns 0 as VTL0. */
uint64_t launch_enter(struct hv_launch *launch, const struct launch_jump *jump);
