/*
 * The loader's protections that the mutants image can switch off, as
 * <hv/mutant.h> has the hypervisor's. This is the normal image's file: nothing
 * can be switched off. The mutants image finds tests/mutants/include/boot/
 * first. Nothing can be off before the configuration is read.
 */
#pragma once

#include <boot_mutants.h>

#include <stdbool.h>
#include <stdint.h>

/* The configuration's word. */
static inline void boot_mutant_choose(uint32_t mutant)
{
    (void)mutant;
}

static inline bool boot_mutant_is(enum boot_mutant mutant)
{
    (void)mutant;
    return false;
}
