/* The firmware's memory map, read as lists of ranges. */
#pragma once

#include "ranges.h"

/*
 * Adds to ram everything that is RAM and not reserved (conventional, loader,
 * boot and runtime services, ACPI), and to free what is conventional. Either
 * may be NULL. False: one error line was printed.
 */
bool memory_map_read(struct range_list *ram, struct range_list *free);
