/*
 * The mutants image's file in place of hv/include/normal/hv/mutant.h: the
 * configuration key `mutant` switches one protection off, for a test that
 * must then fail. Never part of the normal image.
 */
#pragma once

#include <hv/mutants.h>
#include <hv/partition.h>

static inline bool is_test_image(void)
{
    return true;
}

static inline bool mutant_is(enum mutant mutant)
{
    return partition.boot.mutant == (uint32_t)mutant;
}
