/* The mutants' file in place of trustlets/credvault/vault_mutant.h: an image for each, linked with its number. */
#pragma once

#include <vault_mutants.h>
#include <linked_mutant.h>

#include <stdbool.h>

static inline bool mutant_is(enum mutant mutant)
{
    return linked_mutant == (uint32_t)mutant;
}
