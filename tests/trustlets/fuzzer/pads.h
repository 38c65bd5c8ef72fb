/* The memory that calls may write: filled with a pattern, so that a byte that changed without leave is seen. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model.h"

/* Fills every pad, and remembers what the constant places hold. */
void pads_fill(const struct world *world);

/* Puts the pattern back into a range, as far as it is in pads. */
void pads_repair(const struct world *world, struct range range);

/* Is the pattern whole in every pad within reach bytes of address? */
bool pads_intact_around(const struct world *world, uint64_t address, uint64_t reach);

/* The same for all of them, and for code and constants. */
bool pads_intact(const struct world *world);
