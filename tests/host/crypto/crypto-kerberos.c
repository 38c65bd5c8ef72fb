/* Kerberos' AES types against hostile input; published vectors are in crypto-vectors. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include <crypto/kerberos.h>
#include <crypto/kerberos_parts.h>

static const enum kerberos_type types[] = { KERBEROS_AES128_SHA1, KERBEROS_AES256_SHA1, KERBEROS_AES128_SHA256,
                                            KERBEROS_AES256_SHA384 };
#define TYPES (sizeof(types) / sizeof(types[0]))

static const uint8_t key[KERBEROS_MAX_KEY] = "0123456789abcdef0123456789abcde";
static const uint8_t other_key[KERBEROS_MAX_KEY] = "1123456789abcdef0123456789abcde";
static const uint8_t zero[128];

#define USAGE 3u
#define SIZE  37u

/* In memory of exactly those sizes, so that ASan sees a step over an end. */
static enum crypto_status decrypt(enum kerberos_type type, const uint8_t *with, uint32_t usage, const uint8_t *ciphertext,
                                  size_t size, uint8_t *plaintext)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);
    uint8_t *out = malloc(size > 0 ? size : 1);
    enum crypto_status status;

    memcpy(copy, ciphertext, size);
    memset(out, 0, size);
    status = kerberos_decrypt(type, with, usage, copy, size, out);
    memcpy(plaintext, out, size);
    free(copy);
    free(out);
    return status;
}

static void expect_refused(enum kerberos_type type, const uint8_t *with, uint32_t usage, const uint8_t *ciphertext, size_t size)
{
    uint8_t plaintext[128];

    assert_int_equal(decrypt(type, with, usage, ciphertext, size, plaintext), CRYPTO_REFUSED);
    assert_memory_equal(plaintext, zero, size);
}

static size_t make(enum kerberos_type type, uint8_t *ciphertext)
{
    uint8_t plaintext[SIZE];

    for (size_t i = 0; i < SIZE; i++) {
        plaintext[i] = (uint8_t)(i * 7 + 1);
    }
    assert_int_equal(kerberos_encrypt(type, key, USAGE, plaintext, SIZE, ciphertext), CRYPTO_OK);
    return SIZE + kerberos_overhead(type);
}

/* Every length up to three blocks comes back, and the confounder makes two of the same differ. */
static void round_trips(void **state)
{
    uint8_t plaintext[49], ciphertext[128], again[128], second[128];

    (void)state;
    memset(plaintext, 0x5a, sizeof(plaintext));
    for (size_t i = 0; i < TYPES; i++) {
        for (size_t size = 0; size <= sizeof(plaintext); size++) {
            size_t whole = size + kerberos_overhead(types[i]);

            assert_int_equal(kerberos_encrypt(types[i], key, USAGE, plaintext, size, ciphertext), CRYPTO_OK);
            assert_int_equal(kerberos_encrypt(types[i], key, USAGE, plaintext, size, second), CRYPTO_OK);
            assert_memory_not_equal(ciphertext, second, whole);
            assert_int_equal(decrypt(types[i], key, USAGE, ciphertext, whole, again), CRYPTO_OK);
            assert_memory_equal(again, plaintext, size);
        }
    }
}

static void every_bit(void **state)
{
    uint8_t ciphertext[128];

    (void)state;
    for (size_t i = 0; i < TYPES; i++) {
        size_t size = make(types[i], ciphertext);

        for (size_t bit = 0; bit < 8 * size; bit++) {
            ciphertext[bit / 8] ^= (uint8_t)(1u << (bit % 8));
            expect_refused(types[i], key, USAGE, ciphertext, size);
            ciphertext[bit / 8] ^= (uint8_t)(1u << (bit % 8));
        }
        assert_int_equal(decrypt(types[i], key, USAGE, ciphertext, size, (uint8_t[128]){ 0 }), CRYPTO_OK);
    }
}

static void truncated_and_longer(void **state)
{
    uint8_t ciphertext[128] = { 0 };
    uint8_t plaintext[128];

    (void)state;
    for (size_t i = 0; i < TYPES; i++) {
        size_t size = make(types[i], ciphertext);

        for (size_t cut = 0; cut < kerberos_overhead(types[i]); cut++) {
            assert_int_equal(decrypt(types[i], key, USAGE, ciphertext, cut, plaintext), CRYPTO_BAD_REQUEST);
        }
        for (size_t cut = kerberos_overhead(types[i]); cut < size; cut++) {
            expect_refused(types[i], key, USAGE, ciphertext, cut);
        }
        expect_refused(types[i], key, USAGE, ciphertext, size + 1);
    }
}

/* Every bit of data and checksum, other keys, usages and types. */
static void checksum_of_something_else(void **state)
{
    uint8_t data[SIZE + KERBEROS_MAX_TAG] = "what the authenticator is about";

    (void)state;
    for (size_t i = 0; i < TYPES; i++) {
        uint8_t *tag = data + SIZE;
        size_t size = kerberos_checksum_size(types[i]);

        assert_int_equal(kerberos_checksum(types[i], key, USAGE, data, SIZE, tag), CRYPTO_OK);
        assert_int_equal(kerberos_checksum_verify(types[i], key, USAGE, data, SIZE, tag), CRYPTO_OK);
        for (size_t bit = 0; bit < 8 * (SIZE + size); bit++) {
            data[bit / 8] ^= (uint8_t)(1u << (bit % 8));
            assert_int_equal(kerberos_checksum_verify(types[i], key, USAGE, data, SIZE, tag), CRYPTO_REFUSED);
            data[bit / 8] ^= (uint8_t)(1u << (bit % 8));
        }
        assert_int_equal(kerberos_checksum_verify(types[i], key, USAGE, data, SIZE - 1, tag), CRYPTO_REFUSED);
        assert_int_equal(kerberos_checksum_verify(types[i], key, USAGE + 1, data, SIZE, tag), CRYPTO_REFUSED);
        assert_int_equal(kerberos_checksum_verify(types[i], other_key, USAGE, data, SIZE, tag), CRYPTO_REFUSED);
        for (size_t j = 0; j < TYPES; j++) {
            assert_int_equal(kerberos_checksum_verify(types[j], key, USAGE, data, SIZE, tag), j == i ? CRYPTO_OK : CRYPTO_REFUSED);
        }
    }
}

static void wrong_usage_key_and_type(void **state)
{
    static const uint32_t usages[] = { 0, 1, 2, 4, 8, 0x103, 0x03000000, 0xffffffff };
    uint8_t ciphertext[128];

    (void)state;
    for (size_t i = 0; i < TYPES; i++) {
        size_t size = make(types[i], ciphertext);

        for (size_t j = 0; j < sizeof(usages) / sizeof(usages[0]); j++) {
            expect_refused(types[i], key, usages[j], ciphertext, size);
        }
        expect_refused(types[i], other_key, USAGE, ciphertext, size);
        for (size_t j = 0; j < TYPES; j++) {
            if (j != i) {
                expect_refused(types[j], key, USAGE, ciphertext, size);
            }
        }
    }
}

/* Made with a Python program on the cryptography package: what RFC 3962 states no sample of. */
static void whole_messages_of_rfc3962(void **state)
{
    uint8_t confounder[KERBEROS_CONFOUNDER], ciphertext[64], out[KERBEROS_MAX_PRF];

    (void)state;
    memset(confounder, 0xc0, sizeof(confounder));
    assert_int_equal(kerberos_encrypt_with(KERBEROS_AES128_SHA1, key, 3, confounder, (const uint8_t *)"session key", 11, ciphertext),
                     CRYPTO_OK);
    support_assert_hex(ciphertext, 39, "5b4ed12e0b530089b5219f17f28c692371bcbbc0050bc7557daf3437c15d6e35fff20b81d62cce");
    assert_int_equal(kerberos_encrypt_with(KERBEROS_AES256_SHA1, key, 3, confounder, (const uint8_t *)"session key", 11, ciphertext),
                     CRYPTO_OK);
    support_assert_hex(ciphertext, 39, "eebe89b96ab23b5e4b85a1df94d2304521652d4bfc63c60d64c5fc6a67dadb1a4bcbf0cc7b1886");
    assert_int_equal(kerberos_prf(KERBEROS_AES128_SHA1, key, (const uint8_t *)"test", 4, out), CRYPTO_OK);
    support_assert_hex(out, 16, "47c7f0e34c6b3422415cf4ae7d0bcc88");
    assert_int_equal(kerberos_prf(KERBEROS_AES256_SHA1, key, (const uint8_t *)"test", 4, out), CRYPTO_OK);
    support_assert_hex(out, 16, "099d9153d71c0e68d8767b11dc2fb2d9");
}

static void unknown_types(void **state)
{
    static const unsigned unknown[] = { 0, 1, 3, 16, 21, 23, 0x80000011 };
    uint8_t out[128];

    (void)state;
    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        enum kerberos_type type = (enum kerberos_type)unknown[i];

        assert_int_equal(kerberos_key_size(type), 0);
        assert_int_equal(kerberos_overhead(type), 0);
        assert_int_equal(kerberos_checksum_size(type), 0);
        assert_int_equal(kerberos_checksum(type, key, USAGE, zero, 1, out), CRYPTO_BAD_REQUEST);
        assert_int_equal(kerberos_checksum_verify(type, key, USAGE, zero, 1, out), CRYPTO_BAD_REQUEST);
        assert_int_equal(kerberos_encrypt(type, key, USAGE, zero, 1, out), CRYPTO_BAD_REQUEST);
        assert_int_equal(kerberos_decrypt(type, key, USAGE, zero, 64, out), CRYPTO_BAD_REQUEST);
        assert_int_equal(kerberos_prf(type, key, zero, 1, out), CRYPTO_BAD_REQUEST);
        assert_int_equal(kerberos_string_to_key(type, zero, 1, zero, 1, 1, out), CRYPTO_BAD_REQUEST);
    }
}

static void limits(void **state)
{
    static uint8_t large[KERBEROS_MAX_MESSAGE + 64];
    uint8_t out[KERBEROS_MAX_KEY];

    (void)state;
    for (size_t i = 0; i < TYPES; i++) {
        size_t size = kerberos_key_size(types[i]);

        memset(out, 0xa5, sizeof(out));
        assert_int_equal(kerberos_string_to_key(types[i], large, KERBEROS_MAX_PASSWORD + 1, zero, 1, 1, out), CRYPTO_BAD_REQUEST);
        assert_memory_equal(out, zero, size);
        assert_int_equal(kerberos_string_to_key(types[i], zero, 1, large, KERBEROS_MAX_SALT + 1, 1, out), CRYPTO_BAD_REQUEST);
        assert_int_equal(kerberos_string_to_key(types[i], zero, 1, zero, 1, 0, out), CRYPTO_BAD_REQUEST);
        assert_int_equal(kerberos_string_to_key(types[i], zero, 1, zero, 1, KERBEROS_MAX_ITERATIONS + 1, out), CRYPTO_BAD_REQUEST);
        assert_int_equal(kerberos_string_to_key(types[i], large, KERBEROS_MAX_PASSWORD, large, KERBEROS_MAX_SALT, 1, out), CRYPTO_OK);
        assert_memory_not_equal(out, zero, size);
        assert_int_equal(kerberos_string_to_key(types[i], NULL, 0, NULL, 0, 1, out), CRYPTO_OK);
        assert_int_equal(kerberos_encrypt(types[i], key, 1, large, KERBEROS_MAX_MESSAGE + 1, large), CRYPTO_BAD_REQUEST);
        assert_int_equal(kerberos_decrypt(types[i], key, 1, large, sizeof(large), large), CRYPTO_BAD_REQUEST);
        assert_int_equal(kerberos_checksum(types[i], key, 1, large, KERBEROS_MAX_MESSAGE + 1, out), CRYPTO_BAD_REQUEST);
        assert_int_equal(kerberos_checksum(types[i], key, 1, large, KERBEROS_MAX_MESSAGE, out), CRYPTO_OK);
        assert_int_equal(kerberos_checksum(types[i], key, 1, NULL, 0, out), CRYPTO_OK);
    }
}

static void without_randomness(void **state)
{
    uint8_t ciphertext[128];
    size_t size = kerberos_overhead(KERBEROS_AES256_SHA1) + 4;

    (void)state;
    support_psa_stop(NULL); /* the library without its generator fails every call */
    memset(ciphertext, 0xa5, sizeof(ciphertext));
    assert_int_equal(kerberos_encrypt(KERBEROS_AES256_SHA1, key, 1, zero, 4, ciphertext), CRYPTO_FAILED);
    assert_memory_equal(ciphertext, zero, size);
    memset(ciphertext, 0xa5, sizeof(ciphertext));
    assert_int_equal(kerberos_checksum(KERBEROS_AES256_SHA1, key, 1, zero, 4, ciphertext), CRYPTO_FAILED);
    assert_memory_equal(ciphertext, zero, kerberos_checksum_size(KERBEROS_AES256_SHA1));
    support_psa_start(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trips),
        cmocka_unit_test(every_bit),
        cmocka_unit_test(truncated_and_longer),
        cmocka_unit_test(checksum_of_something_else),
        cmocka_unit_test(wrong_usage_key_and_type),
        cmocka_unit_test(whole_messages_of_rfc3962),
        cmocka_unit_test(unknown_types),
        cmocka_unit_test(limits),
        cmocka_unit_test(without_randomness),
    };

    return cmocka_run_group_tests(tests, support_psa_start, support_psa_stop);
}
