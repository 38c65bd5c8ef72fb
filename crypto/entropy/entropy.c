#include <crypto/entropy.h>

#include <crypto_hash_sha512.h>
#include <lib/string.h>
#include <utils.h>

_Static_assert(ENTROPY_BLOCK_SIZE == crypto_hash_sha512_BYTES, "one hash is one block");

static bool next_word(struct entropy *entropy, uint64_t *word)
{
    if (!entropy->usable) {
        return false;
    }
    entropy->usable = entropy->source.read(entropy->source.context, word) && entropy_health_take(&entropy->health, *word);
    return entropy->usable;
}

static bool next_block(struct entropy *entropy, uint8_t block[ENTROPY_BLOCK_SIZE])
{
    crypto_hash_sha512_state state;
    uint64_t word = 0;
    bool whole = true;

    crypto_hash_sha512_init(&state);
    for (uint32_t i = 0; i < entropy->source.words_per_block && whole; i++) {
        whole = next_word(entropy, &word);
        crypto_hash_sha512_update(&state, (const uint8_t *)&word, sizeof(word));
    }
    crypto_hash_sha512_final(&state, block);
    sodium_memzero(&state, sizeof(state));
    sodium_memzero(&word, sizeof(word));
    return whole;
}

bool entropy_open(struct entropy *entropy, const struct entropy_source *source)
{
    uint64_t word = 0;

    *entropy = (struct entropy){ 0 };
    if (source == NULL || source->words_per_block == 0) {
        return false;
    }
    entropy->source = *source;
    entropy->usable = true;
    entropy_health_reset(&entropy->health);
    for (unsigned i = 0; i < ENTROPY_STARTUP_WORDS && next_word(entropy, &word); i++) {
    }
    sodium_memzero(&word, sizeof(word));
    return entropy->usable;
}

bool entropy_fill(struct entropy *entropy, void *to, size_t size)
{
    uint8_t block[ENTROPY_BLOCK_SIZE];
    uint8_t *at = to;
    size_t done = 0;
    bool whole = entropy->usable;

    while (done < size && whole) {
        size_t part = size - done < sizeof(block) ? size - done : sizeof(block);

        whole = next_block(entropy, block);
        memcpy(at + done, block, part);
        done += part;
    }
    sodium_memzero(block, sizeof(block));
    if (!whole) {
        sodium_memzero(to, size);
    }
    return whole;
}
