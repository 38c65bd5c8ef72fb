/* Sorted lists of disjoint address ranges; pure. */
#pragma once

#include <hv/handoff.h>

struct range_list {
    struct hv_range *ranges; /* the caller's, capacity entries */
    uint32_t count;
    uint32_t capacity;
};

/* Adds [base, base + size), merging what it touches. False: it wraps around, is empty, or the list is full (list unchanged). */
bool ranges_add(struct range_list *list, uint64_t base, uint64_t size);

/* Highest base in [low, high) with size bytes inside one range, a multiple of align (a power of two). 0: there is none. */
uint64_t ranges_pick_high(const struct range_list *list, uint64_t size, uint64_t align, uint64_t low, uint64_t high);

/* Bytes in all ranges. */
uint64_t ranges_total(const struct range_list *list);
