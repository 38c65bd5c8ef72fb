/* Ed25519 against altered signatures; published vectors are in crypto-vectors. */
#include "support.h"

#include <string.h>

#include <crypto/ed25519.h>

static const uint8_t seed[ED25519_SEED_SIZE] = "0123456789abcdef0123456789abcde";
static const uint8_t text[] = "a message";

static void every_bit(void **state)
{
    uint8_t public_key[ED25519_PUBLIC_SIZE], signature[ED25519_SIGNATURE_SIZE];

    (void)state;
    ed25519_public_key(seed, public_key);
    ed25519_sign(seed, text, sizeof(text), signature);
    assert_true(ed25519_verify(public_key, text, sizeof(text), signature));
    for (size_t bit = 0; bit < 8 * sizeof(signature); bit++) {
        signature[bit / 8] ^= (uint8_t)(1u << (bit % 8));
        assert_false(ed25519_verify(public_key, text, sizeof(text), signature));
        signature[bit / 8] ^= (uint8_t)(1u << (bit % 8));
    }
    for (size_t bit = 0; bit < 8 * sizeof(public_key); bit++) {
        public_key[bit / 8] ^= (uint8_t)(1u << (bit % 8));
        assert_false(ed25519_verify(public_key, text, sizeof(text), signature));
        public_key[bit / 8] ^= (uint8_t)(1u << (bit % 8));
    }
    assert_false(ed25519_verify(public_key, text, sizeof(text) - 1, signature));
}

/* RFC 8032, section 5.1.7: S must be below the group's order; S plus the order would be a second signature. */
static void not_canonical(void **state)
{
    static const uint8_t order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                       [31] = 0x10 };
    uint8_t public_key[ED25519_PUBLIC_SIZE], signature[ED25519_SIGNATURE_SIZE];
    unsigned carry = 0;

    (void)state;
    ed25519_public_key(seed, public_key);
    ed25519_sign(seed, text, sizeof(text), signature);
    for (size_t i = 0; i < 32; i++) {
        carry += (unsigned)signature[32 + i] + order[i];
        signature[32 + i] = (uint8_t)carry;
        carry >>= 8;
    }
    assert_false(ed25519_verify(public_key, text, sizeof(text), signature));
}

/* The neutral element as public key would verify S = 0 of everything. */
static void public_key_of_small_order(void **state)
{
    const uint8_t public_key[ED25519_PUBLIC_SIZE] = { 1 };
    const uint8_t signature[ED25519_SIGNATURE_SIZE] = { 1 };

    (void)state;
    assert_false(ed25519_verify(public_key, text, sizeof(text), signature));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_bit),
        cmocka_unit_test(not_canonical),
        cmocka_unit_test(public_key_of_small_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
