/*
 * The secure kernel's protections that are off in an image of tests/mutants/.
 * This is the normal image's file: nothing is off, and the compiler removes
 * every question. The mutants' images find tests/mutants/include/sk/ first.
 */
#pragma once

#include <sk/mutants.h>

#include <stdbool.h>

static inline bool mutant_is(enum mutant mutant)
{
    (void)mutant;
    return false;
}
