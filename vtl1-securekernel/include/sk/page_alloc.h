/*
 * The pages of VTL1 that nobody owns yet: those of the region, and those VTL0
 * gave later (sk/donation.h). A page is zero when it is handed out: page_free
 * wipes, so an old owner's secret never reaches a new owner, VTL0 or a dump of
 * free memory. Callers hold kernel_lock, or are the first processor at boot.
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

/* From now on page_alloc leaves count pages of the region to page_alloc_region. End of boot. */
void page_alloc_reserve(size_t count);

/* One zeroed page, a given one if there is one. False and *out untouched: none left. */
bool page_alloc(gpa_t *out);

/* One zeroed page of the region, the reserve included: for the kernel's own tables. False and *out untouched: none left. */
bool page_alloc_region(gpa_t *out);

/* Wipes the page and takes it back. It must have come from here and have no mapping left but the direct map. */
void page_free(gpa_t page);

/* How many page_alloc calls would succeed now. */
size_t page_count_free(void);

/* Adds a page that was VTL0's: out of VTL0's reach, zero, marked PTE_GIVEN in the direct map. */
void page_alloc_give(gpa_t page);

/* Takes a free given page out again, zeroed. False and *out untouched: none is free. */
bool page_alloc_take(gpa_t *out);

/* How many page_alloc_take calls would succeed now. */
size_t page_count_given_free(void);
