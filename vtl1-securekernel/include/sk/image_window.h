/*
 * The signed file that is being started: copied out of VTL0's pages into
 * VTL1's, mapped in one piece and read-only for as long as its loader needs it.
 * One at a time. Under kernel_lock.
 */
#pragma once

#include <stdint.h>

#include <abi/secure_call.h>

/*
 * Copies size bytes (1..SIGNED_IMAGE_MAX_SIZE) from the count ranges, each byte
 * once. BAD_MEMORY: a page is not VTL0's RAM, cannot be read, or the ranges do
 * not have just the pages of size bytes. NO_RESOURCES: no memory. The window is
 * empty then.
 */
enum secure_status image_window_fill(const struct secure_range *ranges, uint32_t count, uint64_t size);

/* Where the copy is; behind its last byte the last page is zero. */
const void *image_window(void);

/* Wipes and frees the copy. */
void image_window_clear(void);
