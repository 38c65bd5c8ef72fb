/* The part of mode=trustlets that is about what VTL0 gives: which places are not its own to give, and what it loses. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <vtl0/boot_info.h>

/* page: one of VTL0's own, aligned, and not given now. Each prints a line for each test. */
bool test_bad_places(const struct boot_info *boot, uint64_t page);
bool test_every_access(uint64_t page);
