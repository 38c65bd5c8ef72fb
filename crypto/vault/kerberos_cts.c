#include <crypto/kerberos_parts.h>

#include <crypto/aes_block.h>
#include <lib/string.h>

static void mix(uint8_t *to, const uint8_t *with, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        to[i] ^= with[i];
    }
}

/* Bytes in front of the last block, which may be a part of one. */
static size_t before_last(size_t size)
{
    return (size - 1) / AES_BLOCK_SIZE * AES_BLOCK_SIZE;
}

/* CBC of data[0..size), whole blocks, at least one; the last block of ciphertext is in data. */
static bool chain_encrypt(const struct aes_block *aes, uint8_t *data, size_t size)
{
    bool good = aes_block_run(aes, data, data);

    for (size_t at = AES_BLOCK_SIZE; at < size && good; at += AES_BLOCK_SIZE) {
        mix(data + at, data + at - AES_BLOCK_SIZE, AES_BLOCK_SIZE);
        good = aes_block_run(aes, data + at, data + at);
    }
    return good;
}

static bool chain_decrypt(const struct aes_block *aes, uint8_t *data, size_t size)
{
    uint8_t previous[AES_BLOCK_SIZE] = { 0 };
    uint8_t current[AES_BLOCK_SIZE];
    bool good = true;

    for (size_t at = 0; at < size && good; at += AES_BLOCK_SIZE) {
        memcpy(current, data + at, AES_BLOCK_SIZE);
        good = aes_block_run(aes, data + at, data + at);
        mix(data + at, previous, AES_BLOCK_SIZE);
        memcpy(previous, current, AES_BLOCK_SIZE);
    }
    return good;
}

/* The last whole block of CBC's is encrypted once more with what is left, zeros behind it, and takes its place. */
static bool steal(const struct aes_block *aes, uint8_t *last, size_t rest)
{
    uint8_t block[AES_BLOCK_SIZE] = { 0 };
    uint8_t *whole = last - AES_BLOCK_SIZE;
    bool good;

    memcpy(block, last, rest);
    mix(block, whole, AES_BLOCK_SIZE);
    good = aes_block_run(aes, block, block);
    memcpy(last, whole, rest);
    memcpy(whole, block, AES_BLOCK_SIZE);
    secure_zero(block, sizeof(block));
    return good;
}

/* Turns the last two blocks back into CBC's last whole one and the plaintext of the rest. */
static bool give_back(const struct aes_block *aes, uint8_t *last, size_t rest)
{
    uint8_t block[AES_BLOCK_SIZE];
    uint8_t *whole = last - AES_BLOCK_SIZE;
    bool good = aes_block_run(aes, whole, block);

    memcpy(whole, last, rest);
    memcpy(whole + rest, block + rest, AES_BLOCK_SIZE - rest);
    mix(last, block, rest);
    secure_zero(block, sizeof(block));
    return good;
}

bool kerberos_cts_encrypt(const uint8_t *key, size_t key_size, uint8_t *data, size_t size)
{
    size_t last = before_last(size);
    struct aes_block aes;
    bool good;

    if (!aes_block_open(&aes, AES_ENCRYPT, key, key_size)) {
        return false;
    }
    good = chain_encrypt(&aes, data, last > 0 ? last : AES_BLOCK_SIZE);
    if (good && last > 0) {
        good = steal(&aes, data + last, size - last);
    }
    aes_block_close(&aes);
    return good;
}

bool kerberos_cts_decrypt(const uint8_t *key, size_t key_size, uint8_t *data, size_t size)
{
    size_t last = before_last(size);
    struct aes_block aes;
    bool good = true;

    if (!aes_block_open(&aes, AES_DECRYPT, key, key_size)) {
        return false;
    }
    if (last > 0) {
        good = give_back(&aes, data + last, size - last);
    }
    good = good && chain_decrypt(&aes, data, last > 0 ? last : AES_BLOCK_SIZE);
    aes_block_close(&aes);
    return good;
}
