#include <crypto/key_wrap.h>

#include <stdbool.h>

#include <crypto/aes_block.h>
#include <crypto/equal.h>
#include <lib/string.h>

#define HALF   8u /* the semiblock of both RFCs */
#define ROUNDS 6u

/* RFC 3394, "Default Initial Value"; RFC 5649, "Alternative Initial Value", which the key's size follows. */
static const uint8_t plain_icv[HALF] = { 0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6 };
static const uint8_t padded_icv[4] = { 0xa6, 0x59, 0x59, 0xa6 };

static void mix_counter(uint8_t a[HALF], uint64_t counter)
{
    for (unsigned i = 0; i < HALF; i++) {
        a[i] ^= (uint8_t)(counter >> (56 - 8 * i));
    }
}

/* RFC 3394, "Key Wrap", index based: data = A | R[1] | ... | R[n], in place. */
static bool wrap_in_place(const struct aes_block *aes, uint8_t *data, size_t n)
{
    uint8_t block[AES_BLOCK_SIZE];
    bool good = true;

    memcpy(block, data, HALF);
    for (size_t step = 0; step < ROUNDS * n && good; step++) {
        uint8_t *r = data + HALF * (1 + step % n);

        memcpy(block + HALF, r, HALF);
        good = aes_block_run(aes, block, block);
        mix_counter(block, step + 1);
        memcpy(r, block + HALF, HALF);
    }
    memcpy(data, block, HALF);
    secure_zero(block, sizeof(block));
    return good;
}

/* RFC 3394, "Key Unwrap". a: in the first half of what was wrapped, out the integrity check value; data = R[1] | ... | R[n]. */
static bool unwrap_in_place(const struct aes_block *aes, uint8_t a[HALF], uint8_t *data, size_t n)
{
    uint8_t block[AES_BLOCK_SIZE];
    bool good = true;

    memcpy(block, a, HALF);
    for (size_t step = ROUNDS * n; step > 0 && good; step--) {
        uint8_t *r = data + HALF * ((step - 1) % n);

        mix_counter(block, step);
        memcpy(block + HALF, r, HALF);
        good = aes_block_run(aes, block, block);
        memcpy(r, block + HALF, HALF);
    }
    memcpy(a, block, HALF);
    secure_zero(block, sizeof(block));
    return good;
}

static bool kek_is_acceptable(size_t kek_size)
{
    return kek_size == 16 || kek_size == 24 || kek_size == 32;
}

/* data = ICV | padded key, size bytes. RFC 5649, "Extended Key Wrapping Process": one block is encrypted as it is. */
static enum crypto_status run_wrap(const uint8_t *kek, size_t kek_size, uint8_t *data, size_t size)
{
    struct aes_block aes;
    bool good = false;

    if (aes_block_open(&aes, AES_ENCRYPT, kek, kek_size)) {
        good = size == AES_BLOCK_SIZE ? aes_block_run(&aes, data, data) : wrap_in_place(&aes, data, size / HALF - 1);
        aes_block_close(&aes);
    }
    if (!good) {
        secure_zero(data, size);
    }
    return good ? CRYPTO_OK : CRYPTO_FAILED;
}

static bool run_unwrap_block(const struct aes_block *aes, const uint8_t *wrapped, uint8_t icv[HALF], uint8_t *key)
{
    uint8_t block[AES_BLOCK_SIZE];
    bool good = aes_block_run(aes, wrapped, block);

    memcpy(icv, block, HALF);
    memcpy(key, block + HALF, HALF);
    secure_zero(block, sizeof(block));
    return good;
}

static bool run_unwrap(const uint8_t *kek, size_t kek_size, const uint8_t *wrapped, size_t size, uint8_t icv[HALF], uint8_t *key)
{
    struct aes_block aes;
    bool good;

    if (!aes_block_open(&aes, AES_DECRYPT, kek, kek_size)) {
        return false;
    }
    if (size == AES_BLOCK_SIZE) {
        good = run_unwrap_block(&aes, wrapped, icv, key);
    } else {
        memcpy(icv, wrapped, HALF);
        memmove(key, wrapped + HALF, size - HALF);
        good = unwrap_in_place(&aes, icv, key, size / HALF - 1);
    }
    aes_block_close(&aes);
    return good;
}

enum crypto_status key_wrap(const uint8_t *kek, size_t kek_size, const uint8_t *key, size_t size, uint8_t *wrapped)
{
    if (!kek_is_acceptable(kek_size) || size < 2 * HALF || size > KEY_WRAP_MAX || size % HALF != 0) {
        return CRYPTO_BAD_REQUEST;
    }
    memcpy(wrapped, plain_icv, HALF);
    memcpy(wrapped + HALF, key, size);
    return run_wrap(kek, kek_size, wrapped, size + HALF);
}

static bool wrapped_is_acceptable(size_t kek_size, size_t wrapped_size, size_t least)
{
    return kek_is_acceptable(kek_size) && wrapped_size >= least && wrapped_size <= KEY_WRAP_MAX + KEY_WRAP_OVERHEAD &&
           wrapped_size % HALF == 0;
}

enum crypto_status key_unwrap(const uint8_t *kek, size_t kek_size, const uint8_t *wrapped, size_t wrapped_size, uint8_t *key)
{
    uint8_t icv[HALF] = { 0 };
    enum crypto_status status = CRYPTO_FAILED;

    if (!wrapped_is_acceptable(kek_size, wrapped_size, 3 * HALF)) {
        return CRYPTO_BAD_REQUEST;
    }
    if (run_unwrap(kek, kek_size, wrapped, wrapped_size, icv, key)) {
        status = crypto_equal(icv, plain_icv, HALF) ? CRYPTO_OK : CRYPTO_REFUSED;
    }
    if (status != CRYPTO_OK) {
        secure_zero(key, wrapped_size - HALF);
    }
    secure_zero(icv, sizeof(icv));
    return status;
}

enum crypto_status key_wrap_padded(const uint8_t *kek, size_t kek_size, const uint8_t *key, size_t size, uint8_t *wrapped)
{
    if (!kek_is_acceptable(kek_size) || size < 1 || size > KEY_WRAP_MAX) {
        return CRYPTO_BAD_REQUEST;
    }
    memset(wrapped, 0, KEY_WRAP_PADDED_SIZE(size));
    memcpy(wrapped, padded_icv, sizeof(padded_icv));
    wrapped[6] = (uint8_t)(size >> 8);
    wrapped[7] = (uint8_t)size;
    memcpy(wrapped + HALF, key, size);
    return run_wrap(kek, kek_size, wrapped, KEY_WRAP_PADDED_SIZE(size));
}

/*
 * RFC 5649, "Alternative Initial Value": the constant, a size that leaves 0 to 7 bytes of padding, and padding of zeros. The
 * same work for every content; 0 when anything is wrong.
 */
static size_t checked_size(const uint8_t icv[HALF], const uint8_t *key, size_t room)
{
    uint32_t size = (uint32_t)icv[4] << 24 | (uint32_t)icv[5] << 16 | (uint32_t)icv[6] << 8 | icv[7];
    bool good = crypto_equal(icv, padded_icv, sizeof(padded_icv));
    uint8_t padding = 0;

    good &= (size <= room) & (size > room - HALF);
    for (size_t i = room - HALF; i < room; i++) {
        padding |= key[i] & (uint8_t)-(i >= size);
    }
    return (good & (padding == 0)) ? size : 0;
}

enum crypto_status key_unwrap_padded(const uint8_t *kek, size_t kek_size, const uint8_t *wrapped, size_t wrapped_size,
                                     uint8_t *key, size_t *size)
{
    uint8_t icv[HALF] = { 0 };
    enum crypto_status status = CRYPTO_FAILED;

    *size = 0;
    if (!wrapped_is_acceptable(kek_size, wrapped_size, 2 * HALF)) {
        return CRYPTO_BAD_REQUEST;
    }
    if (run_unwrap(kek, kek_size, wrapped, wrapped_size, icv, key)) {
        *size = checked_size(icv, key, wrapped_size - HALF);
        status = *size > 0 ? CRYPTO_OK : CRYPTO_REFUSED;
    }
    if (status != CRYPTO_OK) {
        secure_zero(key, wrapped_size - HALF);
    }
    secure_zero(icv, sizeof(icv));
    return status;
}
