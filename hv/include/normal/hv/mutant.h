/*
 * Protections that a mutant image can switch off, one at a time, to prove
 * that the attack tests can fail. This is the normal image's file: nothing can
 * be switched off, and the compiler removes every question. The mutants image
 * takes tests/mutants/include/hv/mutant.h instead.
 */
#pragma once

#include <hv/mutants.h>

#include <stdbool.h>

/* Whether this is the mutants image, which also checks itself more often. */
static inline bool is_test_image(void)
{
    return false;
}

static inline bool mutant_is(enum mutant mutant)
{
    (void)mutant;
    return false;
}
