/*
 * A reserved piece of memory, handed out from its start. Both the
 * hypervisor's region and VTL1's are such: typed as reserved in the firmware's
 * map, so that no operating system ever takes them for memory of its own.
 */
#pragma once

#include <hv/types.h>

struct region {
    uint64_t base; /* system-physical = the firmware's virtual address; 2 MiB aligned */
    uint64_t size;
    uint64_t next; /* first address not handed out */
};

/* Reserves and zeroes size bytes (multiple of 4 KiB), below 4 GiB if possible, never below 16 MiB. False: one error line. */
bool region_reserve(struct region *region, uint64_t size, const char *whose);

/* Gives the memory back to the firmware, zeroed. For failures before launch. */
void region_give_back(struct region *region);

/* The next pages * 4 KiB, or 0 when the region is used up. */
uint64_t region_take(struct region *region, uint64_t pages);
