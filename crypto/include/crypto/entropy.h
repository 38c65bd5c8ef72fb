/*
 * Random bytes from the processor: raw words, tested without pause, hashed
 * down. The same files serve ring 0 of VTL1, trustlets and host tests. There is
 * no fallback: a source that is absent, fails or looks stuck is an error for
 * good.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <crypto/entropy_health.h>

#define ENTROPY_BLOCK_SIZE 64u /* bytes of output for each round of conditioning */

/* Where raw words come from. Tests inject broken ones here. */
struct entropy_source {
    bool (*read)(void *context, uint64_t *word); /* false: no word now and none to be waited for */
    void *context;
    uint32_t words_per_block;                    /* raw words hashed into each block of output */
};

struct entropy {
    struct entropy_source source;
    struct entropy_health health;
    bool usable; /* set by entropy_open, cleared for ever by the first failure */
};

/*
 * RDSEED where CPUID has it, RDRAND otherwise, NULL on a processor with
 * neither. The result is constant and needs no lock.
 */
const struct entropy_source *entropy_processor_source(void);

/*
 * Runs the start-up tests (SP 800-90B, "Requirements for Health Tests") over
 * ENTROPY_STARTUP_WORDS words, which are thrown away. source may be NULL:
 * false, like every failure. entropy is the caller's and is set in any case.
 */
bool entropy_open(struct entropy *entropy, const struct entropy_source *source);

/*
 * Fills to[0..size) with SHA-512 of words_per_block fresh, tested words for
 * each ENTROPY_BLOCK_SIZE bytes. On false, to is zeroed and entropy stays
 * unusable. Callers of one struct entropy take turns.
 */
bool entropy_fill(struct entropy *entropy, void *to, size_t size);

/* entropy_fill from the processor's source, opened at the first call. Callers take turns. */
bool entropy_read(void *to, size_t size);
