/* System calls by chance: nearly right ones more often than not. The same seed in the same world gives the same calls. */
#pragma once

#include <stdint.h>

#include "model.h"

struct chance {
    uint64_t state; /* not zero */
};

struct chance chance_from(uint64_t seed);

uint64_t chance_next(struct chance *chance);

/* A number below limit, which is not zero. */
uint64_t chance_below(struct chance *chance, uint64_t limit);

/* A number that a careless kernel might take for one of its own, or nothing special. */
uint64_t chance_word(struct chance *chance);

/* A call that model_makeable allows. */
struct attempt chance_attempt(struct chance *chance, const struct world *world);
