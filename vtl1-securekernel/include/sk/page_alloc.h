/*
 * The pages of the VTL1 region that nobody owns yet. A page is zero whenever
 * it is free: page_free wipes, so an old owner's secret never reaches a new
 * owner or a dump of free memory. Callers hold kernel_lock, or are the first
 * processor at boot.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sk/gpa.h>

#define REGION_MAX_PAGES (UINT64_C(64) << 20 >> PAGE_SHIFT)

/*
 * Takes over [free_base, base + size). All page aligned, size at most
 * REGION_MAX_PAGES pages; boot_block_check has seen to that. Zeroes it all.
 */
void page_alloc_init(gpa_t base, uint64_t size, gpa_t free_base);

/* One zeroed page. False and *out untouched: none left. */
bool page_alloc(gpa_t *out);

/* Wipes the page and takes it back. It must have come from page_alloc and have no mapping left but the direct map. */
void page_free(gpa_t page);

/* How many page_alloc calls would succeed now. */
size_t page_count_free(void);
