/*
 * mbedTLS's AES by BearSSL's bit-sliced one: no jump and no address depends on a secret, and four blocks cost what one does.
 * These take the places of mbedTLS's functions that look up tables; its modes stay.
 */
#include <aes_counter.h>

#include <inner.h>
#include <lib/string.h>

#define BLOCK      16u
#define BLOCKS     4u
#define SLICES     8u  /* words that hold the four blocks: one bit of each byte in each */
#define MAX_KEYS   15u /* round keys of AES-256 */
#define COMPRESSED (2u * MAX_KEYS)
#define EXPANDED   (SLICES * MAX_KEYS)
#define LEFT       1024u /* more than the frames of the key schedule take */

_Static_assert(sizeof(((mbedtls_aes_context *)0)->buf) >= COMPRESSED * sizeof(uint64_t), "mbedTLS's room for round keys");

typedef void slice_cipher(unsigned rounds, const uint64_t *keys, uint64_t *slices);

/* BearSSL's key schedule leaves the round keys below our frame. */
static void __attribute__((noinline)) wipe_left(void)
{
    uint8_t left[LEFT];

    secure_zero(left, sizeof(left));
}

int mbedtls_aes_setkey_enc(mbedtls_aes_context *ctx, const unsigned char *key, unsigned int keybits)
{
    uint64_t compressed[COMPRESSED] = { 0 };

    if (keybits != 128 && keybits != 192 && keybits != 256) {
        return MBEDTLS_ERR_AES_INVALID_KEY_LENGTH;
    }
    ctx->nr = (int)br_aes_ct64_keysched(compressed, key, keybits / 8);
    wipe_left();
    memcpy(ctx->buf, compressed, sizeof(compressed));
    secure_zero(compressed, sizeof(compressed));
    return 0;
}

/* The same round keys: decryption goes through them backwards. */
int mbedtls_aes_setkey_dec(mbedtls_aes_context *ctx, const unsigned char *key, unsigned int keybits)
{
    return mbedtls_aes_setkey_enc(ctx, key, keybits);
}

static void expand(const mbedtls_aes_context *aes, uint64_t keys[EXPANDED])
{
    uint64_t compressed[COMPRESSED];

    memcpy(compressed, aes->buf, sizeof(compressed));
    br_aes_ct64_skey_expand(keys, (unsigned)aes->nr, compressed);
    secure_zero(compressed, sizeof(compressed));
}

static void run_blocks(slice_cipher *cipher, int rounds, const uint64_t keys[EXPANDED], uint8_t blocks[BLOCKS * BLOCK])
{
    uint32_t words[BLOCKS * BLOCK / 4];
    uint64_t slices[SLICES];

    br_range_dec32le(words, BLOCKS * BLOCK / 4, blocks);
    for (unsigned i = 0; i < BLOCKS; i++) {
        br_aes_ct64_interleave_in(&slices[i], &slices[i + BLOCKS], words + i * BLOCK / 4);
    }
    br_aes_ct64_ortho(slices);
    cipher((unsigned)rounds, keys, slices);
    br_aes_ct64_ortho(slices);
    for (unsigned i = 0; i < BLOCKS; i++) {
        br_aes_ct64_interleave_out(words + i * BLOCK / 4, slices[i], slices[i + BLOCKS]);
    }
    br_range_enc32le(blocks, words, BLOCKS * BLOCK / 4);
    secure_zero(words, sizeof(words));
    secure_zero(slices, sizeof(slices));
}

static void run_one(slice_cipher *cipher, const mbedtls_aes_context *aes, const uint8_t from[BLOCK], uint8_t to[BLOCK])
{
    uint8_t blocks[BLOCKS * BLOCK] = { 0 };
    uint64_t keys[EXPANDED];

    expand(aes, keys);
    memcpy(blocks, from, BLOCK);
    run_blocks(cipher, aes->nr, keys, blocks);
    memcpy(to, blocks, BLOCK);
    secure_zero(blocks, sizeof(blocks));
    secure_zero(keys, sizeof(keys));
}

int mbedtls_internal_aes_encrypt(mbedtls_aes_context *ctx, const unsigned char input[BLOCK], unsigned char output[BLOCK])
{
    run_one(br_aes_ct64_bitslice_encrypt, ctx, input, output);
    return 0;
}

int mbedtls_internal_aes_decrypt(mbedtls_aes_context *ctx, const unsigned char input[BLOCK], unsigned char output[BLOCK])
{
    run_one(br_aes_ct64_bitslice_decrypt, ctx, input, output);
    return 0;
}

static void increment(uint8_t counter[BLOCK])
{
    unsigned carry = 1;

    for (unsigned i = BLOCK; i > BLOCK - 4; i--) {
        carry += counter[i - 1];
        counter[i - 1] = (uint8_t)carry;
        carry >>= 8;
    }
}

void aes_counter_run(const mbedtls_aes_context *aes, uint8_t counter[BLOCK], const uint8_t *from, uint8_t *to, size_t size)
{
    uint8_t stream[BLOCKS * BLOCK] = { 0 };
    uint64_t keys[EXPANDED];
    size_t part;

    expand(aes, keys);
    for (size_t at = 0; at < size; at += part) {
        part = size - at < sizeof(stream) ? size - at : sizeof(stream);
        for (size_t i = 0; i < part; i += BLOCK) {
            increment(counter);
            memcpy(stream + i, counter, BLOCK);
        }
        run_blocks(br_aes_ct64_bitslice_encrypt, aes->nr, keys, stream);
        for (size_t i = 0; i < part; i++) {
            to[at + i] = from[at + i] ^ stream[i];
        }
    }
    secure_zero(stream, sizeof(stream));
    secure_zero(keys, sizeof(keys));
}
