/*
 * The continuous health tests of SP 800-90B: "Repetition Count Test" and
 * "Adaptive Proportion Test".
 *
 * Claims, far below what processors promise, so that the tests' false alarms
 * stay below 2^-30 for a source that only just meets them:
 *   a 64-bit word has at least 32 bits of min-entropy,
 *   each of its eight bytes has at least 4.
 * Words catch a source that repeats itself, byte lanes one of which only some
 * bits are alive.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define ENTROPY_STARTUP_WORDS    1024u
#define ENTROPY_WORD_REPETITIONS 2u   /* 1 + ceil(30 / 32) */
#define ENTROPY_LANES            8u
#define ENTROPY_LANE_REPETITIONS 9u   /* 1 + ceil(30 / 4) */
#define ENTROPY_LANE_WINDOW      512u /* for non-binary samples */
#define ENTROPY_LANE_PROPORTION  71u  /* 1 + CRITBINOM(512, 2^-4, 1 - 2^-30) */

struct entropy_lane {
    uint8_t last;
    uint8_t first;       /* first sample of the window */
    uint16_t repeated;   /* how often last came in a row */
    uint16_t matches;    /* how often first came in the window */
    uint16_t position;   /* samples seen of the window */
};

struct entropy_health {
    uint64_t last_word;
    uint32_t word_repeated;
    struct entropy_lane lanes[ENTROPY_LANES];
};

/* Forgets all samples. */
void entropy_health_reset(struct entropy_health *health);

/* Takes the next raw word; false when a test fails at it. The caller then stops using the source. */
bool entropy_health_take(struct entropy_health *health, uint64_t word);
