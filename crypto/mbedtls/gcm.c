/* mbedTLS's AES-GCM (NIST SP 800-38D) in constant time: AES of aes.c, and GHASH by BearSSL, which multiplies without tables. */
#include <aes_counter.h>

#include <bearssl_hash.h>
#include <crypto/equal.h>
#include <lib/string.h>
#include <mbedtls/gcm.h>

#define BLOCK      16u
#define NONCE      12u               /* bytes of an initialisation vector that is used as it is */
#define MIN_TAG    4u
#define MAX_TEXT   0xFFFFFFFE0u      /* bytes: 2^39 - 256 bits */
#define MAX_HASHED (UINT64_MAX / 8)  /* bytes whose bits can be counted */

void mbedtls_gcm_init(mbedtls_gcm_context *ctx)
{
    memset(ctx, 0, sizeof(*ctx));
}

void mbedtls_gcm_free(mbedtls_gcm_context *ctx)
{
    if (ctx != NULL) {
        secure_zero(ctx, sizeof(*ctx));
    }
}

int mbedtls_gcm_setkey(mbedtls_gcm_context *ctx, mbedtls_cipher_id_t cipher, const unsigned char *key, unsigned int keybits)
{
    if (cipher != MBEDTLS_CIPHER_ID_AES || mbedtls_aes_setkey_enc(&ctx->aes, key, keybits) != 0) {
        return MBEDTLS_ERR_GCM_BAD_INPUT;
    }
    memset(ctx->hash_key, 0, BLOCK);
    return mbedtls_internal_aes_encrypt(&ctx->aes, ctx->hash_key, ctx->hash_key);
}

static void put_bits(uint8_t to[8], uint64_t bytes)
{
    for (unsigned i = 0; i < 8; i++) {
        to[i] = (uint8_t)(bytes * 8 >> (56 - 8 * i));
    }
}

/* The last block of GHASH: the sizes of both parts. */
static void hash_sizes(uint8_t hash[BLOCK], const uint8_t key[BLOCK], uint64_t first, uint64_t second)
{
    uint8_t sizes[BLOCK];

    put_bits(sizes, first);
    put_bits(sizes + 8, second);
    br_ghash_ctmul64(hash, key, sizes, BLOCK);
}

/* "Algorithm for the Authenticated Encryption Function", the pre-counter block. */
static void set_counter(mbedtls_gcm_context *ctx, const uint8_t *iv, size_t size)
{
    memset(ctx->counter, 0, BLOCK);
    if (size == NONCE) {
        memcpy(ctx->counter, iv, NONCE);
        ctx->counter[BLOCK - 1] = 1;
    } else {
        br_ghash_ctmul64(ctx->counter, ctx->hash_key, iv, size);
        hash_sizes(ctx->counter, ctx->hash_key, 0, size);
    }
}

int mbedtls_gcm_starts(mbedtls_gcm_context *ctx, int mode, const unsigned char *iv, size_t iv_len, const unsigned char *add,
                       size_t add_len)
{
    if (iv_len == 0 || iv_len > MAX_HASHED || add_len > MAX_HASHED || (mode != MBEDTLS_GCM_ENCRYPT && mode != MBEDTLS_GCM_DECRYPT)) {
        return MBEDTLS_ERR_GCM_BAD_INPUT;
    }
    ctx->mode = mode;
    ctx->size = 0;
    ctx->additional_size = add_len;
    set_counter(ctx, iv, iv_len);
    memset(ctx->hash, 0, BLOCK);
    br_ghash_ctmul64(ctx->hash, ctx->hash_key, add, add_len);
    return mbedtls_internal_aes_encrypt(&ctx->aes, ctx->counter, ctx->mask);
}

/* All but the last part of a text are whole blocks. What is hashed is the ciphertext, which may go where the plaintext was. */
int mbedtls_gcm_update(mbedtls_gcm_context *ctx, size_t length, const unsigned char *input, unsigned char *output)
{
    if (length > MAX_TEXT - ctx->size || (output > input && (size_t)(output - input) < length)) {
        return MBEDTLS_ERR_GCM_BAD_INPUT;
    }
    ctx->size += length;
    if (ctx->mode == MBEDTLS_GCM_DECRYPT) {
        br_ghash_ctmul64(ctx->hash, ctx->hash_key, input, length);
    }
    aes_counter_run(&ctx->aes, ctx->counter, input, output, length);
    if (ctx->mode == MBEDTLS_GCM_ENCRYPT) {
        br_ghash_ctmul64(ctx->hash, ctx->hash_key, output, length);
    }
    return 0;
}

int mbedtls_gcm_finish(mbedtls_gcm_context *ctx, unsigned char *tag, size_t tag_len)
{
    if (tag_len < MIN_TAG || tag_len > BLOCK) {
        return MBEDTLS_ERR_GCM_BAD_INPUT;
    }
    hash_sizes(ctx->hash, ctx->hash_key, ctx->additional_size, ctx->size);
    for (size_t i = 0; i < tag_len; i++) {
        tag[i] = ctx->hash[i] ^ ctx->mask[i];
    }
    return 0;
}

int mbedtls_gcm_crypt_and_tag(mbedtls_gcm_context *ctx, int mode, size_t length, const unsigned char *iv, size_t iv_len,
                              const unsigned char *add, size_t add_len, const unsigned char *input, unsigned char *output,
                              size_t tag_len, unsigned char *tag)
{
    int result = mbedtls_gcm_starts(ctx, mode, iv, iv_len, add, add_len);

    if (result == 0) {
        result = mbedtls_gcm_update(ctx, length, input, output);
    }
    return result == 0 ? mbedtls_gcm_finish(ctx, tag, tag_len) : result;
}

int mbedtls_gcm_auth_decrypt(mbedtls_gcm_context *ctx, size_t length, const unsigned char *iv, size_t iv_len,
                             const unsigned char *add, size_t add_len, const unsigned char *tag, size_t tag_len,
                             const unsigned char *input, unsigned char *output)
{
    uint8_t right[BLOCK];
    int result;

    if (tag_len < MIN_TAG || tag_len > BLOCK) {
        return MBEDTLS_ERR_GCM_BAD_INPUT;
    }
    result = mbedtls_gcm_crypt_and_tag(ctx, MBEDTLS_GCM_DECRYPT, length, iv, iv_len, add, add_len, input, output, tag_len, right);
    if (result == 0 && !crypto_equal(right, tag, tag_len)) {
        secure_zero(output, length);
        result = MBEDTLS_ERR_GCM_AUTH_FAILED;
    }
    secure_zero(right, sizeof(right));
    return result;
}
