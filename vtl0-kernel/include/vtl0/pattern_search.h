/*
 * Secrets searched for in memory, as whole or in part, by a searcher that never has them: each byte of theirs comes inverted by
 * PATTERN_MASK and stays so. Any 15 bytes in a row of a secret are found wherever they lie, 8 if they are aligned.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PATTERN_MASK    0x5Cu /* of every byte */
#define PATTERN_MIN     8u
#define PATTERN_MAX     64u
#define PATTERN_WINDOWS 2048u
#define PATTERN_FILTER  65536u /* bits */

struct pattern_search {
    struct {
        uint64_t masked;
        uint32_t pattern; /* whose it is */
    } windows[PATTERN_WINDOWS];
    uint32_t window_count, pattern_count;
    uint64_t filter[PATTERN_FILTER / 64];
};

/* A further pattern. False: too short, too long, or too many. */
bool pattern_add(struct pattern_search *search, const uint8_t *masked, size_t size);

/* Looks through size bytes, 8 at a time; calls found for each piece of a pattern. */
void pattern_look(const struct pattern_search *search, uint64_t address, size_t size, void (*found)(uint64_t at, uint32_t pattern));
