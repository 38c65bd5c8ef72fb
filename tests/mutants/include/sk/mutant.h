/* The mutants' file in place of vtl1-securekernel/include/sk/mutant.h: an image for each, linked with its number. */
#pragma once

#include <sk/mutants.h>
#include <linked_mutant.h>

#include <stdbool.h>

static inline bool mutant_is(enum mutant mutant)
{
    return linked_mutant == (uint32_t)mutant;
}

_Static_assert(MUTANT_RING0_TRUSTLETS == 44, "sk/ring3.h");
