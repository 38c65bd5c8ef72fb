/* HKDF: RFC 5869's vectors, HMAC by hand where it has none, limits, and what is left in memory. */
#include "support.h"

#include <string.h>

#include <crypto/hkdf.h>

static const struct {
    const char *secret, *salt, *info, *out;
} published[] = {
    /* RFC 5869, appendix A, "Test Vectors", A.1 to A.3 */
    { "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865" },
    { "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f"
      "303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f",
      "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f"
      "909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
      "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf"
      "e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
      "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
      "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87" },
    { "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
      "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8" },
};

static const enum mac_hash hashes[] = { MAC_SHA256, MAC_SHA384, MAC_SHA512 };
#define HASHES (sizeof(hashes) / sizeof(hashes[0]))

static uint8_t out[HKDF_MAX_BLOCKS * MAC_MAX_SIZE + 1], expected[HKDF_MAX_BLOCKS * MAC_MAX_SIZE];
static const uint8_t untouched[sizeof(out)];

static void rfc5869(void **state)
{
    uint8_t secret[80], salt[80], info[80];

    (void)state;
    for (size_t i = 0; i < sizeof(published) / sizeof(published[0]); i++) {
        size_t secret_size = support_hex(published[i].secret, secret);
        size_t salt_size = support_hex(published[i].salt, salt);
        size_t info_size = support_hex(published[i].info, info);
        size_t size = strlen(published[i].out) / 2;

        assert_int_equal(hkdf(MAC_SHA256, salt, salt_size, secret, secret_size, info, info_size, out, size), CRYPTO_OK);
        support_assert_hex(out, size, published[i].out);
    }
}

/* RFC 5869, "HKDF-Extract" and "HKDF-Expand", by HMAC alone. */
static void by_hand(enum mac_hash hash, const struct mac_part *salt, const struct mac_part *secret, const struct mac_part *info,
                    size_t blocks)
{
    uint8_t prk[MAC_MAX_SIZE], number[1];
    size_t size = mac_size(hash);

    assert_int_equal(mac_compute(hash, salt->data, salt->size, secret, 1, prk), CRYPTO_OK);
    for (size_t i = 0; i < blocks; i++) {
        const struct mac_part parts[3] = { { expected + (i > 0 ? i - 1 : 0) * size, i > 0 ? size : 0 }, *info, { number, 1 } };

        number[0] = (uint8_t)(i + 1);
        assert_int_equal(mac_compute(hash, prk, size, parts, 3, expected + i * size), CRYPTO_OK);
    }
}

static void every_hash_to_its_limit(void **state)
{
    const struct mac_part secret = { "a shared secret", 15 }, info = { "context", 7 };
    const struct mac_part salts[2] = { { NULL, 0 }, { "salt", 4 } };

    (void)state;
    for (size_t i = 0; i < 2 * HASHES; i++) {
        enum mac_hash hash = hashes[i / 2];
        const struct mac_part *salt = &salts[i % 2];
        size_t most = HKDF_MAX_BLOCKS * mac_size(hash);

        by_hand(hash, salt, &secret, &info, HKDF_MAX_BLOCKS);
        assert_int_equal(hkdf(hash, salt->data, salt->size, secret.data, secret.size, info.data, info.size, out, most), CRYPTO_OK);
        assert_memory_equal(out, expected, most);
        assert_int_equal(hkdf(hash, salt->data, salt->size, secret.data, secret.size, info.data, info.size, out, 1), CRYPTO_OK);
        assert_int_equal(out[0], expected[0]);
    }
}

static void refused(void **state)
{
    (void)state;
    memset(out, 0, sizeof(out));
    for (size_t i = 0; i < HASHES; i++) {
        assert_int_equal(hkdf(hashes[i], NULL, 0, "s", 1, NULL, 0, out, 0), CRYPTO_BAD_REQUEST);
        assert_int_equal(hkdf(hashes[i], NULL, 0, "s", 1, NULL, 0, out, HKDF_MAX_BLOCKS * mac_size(hashes[i]) + 1),
                         CRYPTO_BAD_REQUEST);
    }
    assert_int_equal(hkdf(MAC_MD5, NULL, 0, "s", 1, NULL, 0, out, 16), CRYPTO_BAD_REQUEST);
    assert_int_equal(hkdf(MAC_SHA1, NULL, 0, "s", 1, NULL, 0, out, 16), CRYPTO_BAD_REQUEST);
    assert_int_equal(hkdf((enum mac_hash)77, NULL, 0, "s", 1, NULL, 0, out, 16), CRYPTO_BAD_REQUEST);
    assert_memory_equal(out, untouched, sizeof(out));
}

/* RFC 5869 sets no least size for the secret either. */
static void of_nothing(void **state)
{
    const struct mac_part none = { NULL, 0 };

    (void)state;
    by_hand(MAC_SHA256, &none, &none, &none, 1);
    assert_int_equal(hkdf(MAC_SHA256, NULL, 0, NULL, 0, NULL, 0, out, 32), CRYPTO_OK);
    assert_memory_equal(out, expected, 32);
}

static bool heap_has(const uint8_t *bytes, size_t size)
{
    for (size_t at = 0; at + size <= sizeof(support_heap); at++) {
        if (memcmp(support_heap + at, bytes, size) == 0) {
            return true;
        }
    }
    return false;
}

/* Neither secret nor result stays in the library's heap. */
static void nothing_stays(void **state)
{
    static const uint8_t secret[32] = "a secret nobody else has in here";

    (void)state;
    assert_int_equal(hkdf(MAC_SHA256, secret, sizeof(secret), secret, sizeof(secret), NULL, 0, out, 32), CRYPTO_OK);
    assert_false(heap_has(secret, sizeof(secret)));
    assert_false(heap_has(out, 32));
}

/* No room for the copy of info: the library fails half-way. */
static void without_memory(void **state)
{
    static const uint8_t info[sizeof(support_heap)];

    (void)state;
    memset(out, 0xa5, sizeof(out));
    assert_int_equal(hkdf(MAC_SHA256, NULL, 0, "secret", 6, info, sizeof(info), out, 32), CRYPTO_FAILED);
    assert_memory_equal(out, untouched, 32);
    assert_int_equal(out[32], 0xa5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc5869),
        cmocka_unit_test(every_hash_to_its_limit),
        cmocka_unit_test(refused),
        cmocka_unit_test(of_nothing),
        cmocka_unit_test(nothing_stays),
        cmocka_unit_test(without_memory),
    };

    return cmocka_run_group_tests(tests, support_psa_start, support_psa_stop);
}
