/*
 * The signed file that is being started: copied out of VTL0's pages into
 * VTL1's, mapped in one piece and read-only for as long as its loader needs it.
 * One at a time. Under kernel_lock; whoever reads it has loaded CR3 since the last page was added.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <abi/secure_call.h>

#include <sk/gpa.h>

/*
 * Copies one page more, each byte once, at most SIGNED_IMAGE_MAX_SIZE in all. BAD_MEMORY: it is not
 * VTL0's RAM or cannot be read. NO_RESOURCES: no memory. What is there stays.
 */
enum secure_status image_window_add(gpa_t from);

/* Zeroes what VTL0's last page had behind the file's size bytes. At least one page is there. */
void image_window_end_at(uint64_t size);

/* Where the copy is. */
const void *image_window(void);

/* Is a file, or a part of one, in it? */
bool image_window_in_use(void);

/* Wipes and frees the copy. */
void image_window_clear(void);
