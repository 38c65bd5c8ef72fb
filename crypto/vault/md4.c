#include <crypto/md4.h>

#include <lib/string.h>

#define BLOCK_SIZE 64u
#define LENGTH_OFFSET 56u

struct md4_round {
    uint32_t (*mix)(uint32_t x, uint32_t y, uint32_t z);
    uint32_t constant;
    uint8_t order[16];  /* which word of the block each step takes */
    uint8_t shifts[4];
};

static uint32_t select_bits(uint32_t x, uint32_t y, uint32_t z)
{
    return z ^ (x & (y ^ z));
}

static uint32_t majority(uint32_t x, uint32_t y, uint32_t z)
{
    return (x & y) | (z & (x | y));
}

static uint32_t parity(uint32_t x, uint32_t y, uint32_t z)
{
    return x ^ y ^ z;
}

/* RFC 1320, section "Step 4. Process Message in 16-Word Blocks". */
static const struct md4_round rounds[3] = {
    { select_bits, 0x00000000, { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 }, { 3, 7, 11, 19 } },
    { majority, 0x5a827999, { 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15 }, { 3, 5, 9, 13 } },
    { parity, 0x6ed9eba1, { 0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15 }, { 3, 9, 11, 15 } },
};

static uint32_t rotate_left(uint32_t value, unsigned count)
{
    return value << count | value >> (32 - count);
}

static uint32_t load_word(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void store_word(uint8_t *at, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++) {
        at[i] = (uint8_t)(value >> (8 * i));
    }
}

/* Each step changes one of the four words; taking turns means shifting them down by one. */
static void run_round(uint32_t v[4], const uint32_t words[16], const struct md4_round *round)
{
    for (unsigned i = 0; i < 16; i++) {
        uint32_t sum = v[0] + round->mix(v[1], v[2], v[3]) + words[round->order[i]] + round->constant;

        v[0] = v[3];
        v[3] = v[2];
        v[2] = v[1];
        v[1] = rotate_left(sum, round->shifts[i % 4]);
    }
}

static void take_block(uint32_t state[4], const uint8_t block[BLOCK_SIZE])
{
    uint32_t words[16];
    uint32_t v[4];

    for (unsigned i = 0; i < 16; i++) {
        words[i] = load_word(block + 4 * i);
    }
    memcpy(v, state, sizeof(v));
    for (unsigned i = 0; i < 3; i++) {
        run_round(v, words, &rounds[i]);
    }
    for (unsigned i = 0; i < 4; i++) {
        state[i] += v[i];
    }
    secure_zero(words, sizeof(words));
    secure_zero(v, sizeof(v));
}

/* RFC 1320, "Step 1. Append Padding Bits" and "Step 2. Append Length". rest = size % BLOCK_SIZE bytes. */
static void take_tail(uint32_t state[4], const uint8_t *rest, size_t size)
{
    uint8_t tail[2 * BLOCK_SIZE] = { 0 };
    size_t used = size % BLOCK_SIZE;
    size_t tail_size = used < LENGTH_OFFSET ? BLOCK_SIZE : 2 * BLOCK_SIZE;

    for (size_t i = 0; i < used; i++) {
        tail[i] = rest[i];
    }
    tail[used] = 0x80;
    store_word(tail + tail_size - 8, (uint32_t)(size << 3));
    store_word(tail + tail_size - 4, (uint32_t)((uint64_t)size >> 29));
    for (size_t at = 0; at < tail_size; at += BLOCK_SIZE) {
        take_block(state, tail + at);
    }
    secure_zero(tail, sizeof(tail));
}

void md4(const void *data, size_t size, uint8_t digest[MD4_SIZE])
{
    uint32_t state[4] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 };
    const uint8_t *at = data;

    for (size_t left = size; left >= BLOCK_SIZE; left -= BLOCK_SIZE) {
        take_block(state, at);
        at += BLOCK_SIZE;
    }
    take_tail(state, at, size);
    for (unsigned i = 0; i < 4; i++) {
        store_word(digest + 4 * i, state[i]);
    }
    secure_zero(state, sizeof(state));
}
