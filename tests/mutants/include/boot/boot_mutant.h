/* The mutants image's file in place of hv/boot/boot_mutant.h. */
#pragma once

#include <boot_mutants.h>

#include <stdbool.h>
#include <stdint.h>

extern uint32_t boot_mutant;

static inline void boot_mutant_choose(uint32_t mutant)
{
    boot_mutant = mutant;
}

static inline bool boot_mutant_is(enum boot_mutant mutant)
{
    return boot_mutant == (uint32_t)mutant;
}
