/* Which mutant an image is that was linked for one (tests/mutants/linked.cmake). */
#pragma once

#include <stdint.h>

extern const uint32_t linked_mutant;
