/*
 * VTL0's memory, through this processor's window: one page at a time, never
 * executable, mapped only while a copy runs.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <abi/boot_block.h>

#include <sk/gpa.h>

/* Is page a whole, aligned page of VTL0's RAM, outside the region? Pure. */
bool vtl0_page_valid(const struct vtl1_boot_block *block, gpa_t page);

/* Copies the page to *to, each byte once. page must be vtl0_page_valid. False: the memory could not be read. */
bool vtl0_read_page(gpa_t page, void *to);

/* Copies size bytes to page + offset, inside that page. page must be vtl0_page_valid. False: it could not be written. */
bool vtl0_write(gpa_t page, uint64_t offset, const void *from, uint64_t size);
