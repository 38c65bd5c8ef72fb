/* Sealed storage, random bytes and PSA, as a trustlet with iumbase-crypto has them. */
#include "trustlet.h"

#include <string.h>

#include <psa/crypto.h>

#include <ium/crypto.h>
#include <ium/heap.h>
#include <ium/random.h>
#include <ium/sealed.h>
#include <ium/syscalls.h>

static uint8_t secret[IUM_SEALED_MAX_SECRET + 1], opened[sizeof(secret)], blob[sizeof(secret) + IUM_SEALED_OVERHEAD];
static size_t blob_size, opened_size;
static psa_status_t psa_at_start;

static bool start(void)
{
    uint8_t byte;

    psa_at_start = psa_generate_random(&byte, 1);
    return true;
}

const struct trustlet this_trustlet = { .start = start };

static enum ium_sealed_status seal(const char *purpose, const char *bound, size_t size)
{
    const struct ium_sealed_context context = { purpose, bound, strlen(bound) };

    return ium_seal(&context, secret, size, blob, sizeof(blob), &blob_size);
}

static enum ium_sealed_status unseal(const char *purpose, const char *bound)
{
    const struct ium_sealed_context context = { purpose, bound, strlen(bound) };

    memset(opened, 0x77, sizeof(opened));
    return ium_unseal(&context, blob, blob_size, opened, sizeof(opened), &opened_size);
}

static void comes_back(void **state)
{
    const size_t sizes[] = { 0, 1, 16, 1000, IUM_SEALED_MAX_SECRET };

    (void)state;
    ium_random(secret, sizeof(secret));
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        assert_int_equal(seal("p", "bound", sizes[i]), IUM_SEALED_OK);
        assert_int_equal(blob_size, sizes[i] + IUM_SEALED_OVERHEAD);
        assert_int_equal(unseal("p", "bound"), IUM_SEALED_OK);
        assert_int_equal(opened_size, sizes[i]);
        assert_memory_equal(opened, secret, sizes[i]);
    }
    assert_int_equal(seal("p", "", 5), IUM_SEALED_OK);
    assert_int_equal(unseal("p", ""), IUM_SEALED_OK);
}

static void expect_refused(const char *purpose, const char *bound)
{
    assert_int_equal(unseal(purpose, bound), IUM_SEALED_REFUSED);
    assert_int_equal(opened_size, 0);
    for (size_t i = 0; i < 64; i++) {
        assert_int_equal(opened[i], 0);
    }
}

static void bound_to_everything(void **state)
{
    static const uint8_t other[16] = { 9 };

    (void)state;
    assert_int_equal(seal("purpose", "bound", 40), IUM_SEALED_OK);
    expect_refused("purposE", "bound");
    expect_refused("purpos", "bound");
    expect_refused("purpose", "bounD");
    expect_refused("purpose", "bound ");
    expect_refused("purpose", "");
    trustlet_pretend(other, trustlet_manifest()->security_version);
    expect_refused("purpose", "bound");
    trustlet_pretend(trustlet_manifest()->identity, 4);
    expect_refused("purpose", "bound");
    trustlet_pretend(NULL, 0);
    assert_int_equal(unseal("purpose", "bound"), IUM_SEALED_OK);
}

static void changed(void **state)
{
    (void)state;
    assert_int_equal(seal("p", "b", 40), IUM_SEALED_OK);
    for (size_t at = 0; at < blob_size; at++) {
        blob[at] ^= 1;
        expect_refused("p", "b");
        blob[at] ^= 1;
    }
    for (size_t size = blob_size; blob_size > 0; size = blob_size) {
        blob_size = size - 1;
        expect_refused("p", "b");
    }
}

static void no_two_blobs_alike(void **state)
{
    uint8_t first[64 + IUM_SEALED_OVERHEAD];

    (void)state;
    assert_int_equal(seal("p", "b", 64), IUM_SEALED_OK);
    memcpy(first, blob, sizeof(first));
    assert_int_equal(seal("p", "b", 64), IUM_SEALED_OK);
    assert_memory_not_equal(first + 16, blob + 16, 12);
    assert_memory_not_equal(first + 32, blob + 32, 64);
}

static void bad_arguments(void **state)
{
    char text[IUM_SEALED_MAX_BOUND + 2] = { 0 };
    const struct ium_sealed_context context = { "p", NULL, 0 };

    (void)state;
    assert_int_equal(seal("", "b", 1), IUM_SEALED_BAD_ARGUMENT);
    assert_int_equal(unseal("", "b"), IUM_SEALED_BAD_ARGUMENT);
    assert_int_equal(seal("p", "b", IUM_SEALED_MAX_SECRET + 1), IUM_SEALED_BAD_ARGUMENT);
    assert_int_equal(blob_size, 0);
    memset(text, 'x', IUM_SEALED_MAX_PURPOSE);
    assert_int_equal(seal(text, "b", 1), IUM_SEALED_OK);
    assert_int_equal(unseal(text, "b"), IUM_SEALED_OK);
    text[IUM_SEALED_MAX_PURPOSE] = 'x';
    assert_int_equal(seal(text, "b", 1), IUM_SEALED_BAD_ARGUMENT);
    memset(text, 'x', IUM_SEALED_MAX_BOUND);
    assert_int_equal(seal("p", text, 1), IUM_SEALED_OK);
    text[IUM_SEALED_MAX_BOUND] = 'x';
    assert_int_equal(seal("p", text, 1), IUM_SEALED_BAD_ARGUMENT);
    assert_int_equal(ium_seal(&context, secret, 10, blob, 10 + IUM_SEALED_OVERHEAD - 1, &blob_size), IUM_SEALED_BAD_ARGUMENT);
    assert_int_equal(ium_seal(&context, secret, 10, blob, 10 + IUM_SEALED_OVERHEAD, &blob_size), IUM_SEALED_OK);
    assert_int_equal(ium_unseal(&context, blob, blob_size, opened, 9, &opened_size), IUM_SEALED_BAD_ARGUMENT);
    assert_int_equal(ium_unseal(&context, blob, blob_size, opened, 10, &opened_size), IUM_SEALED_OK);
}

/* What iumbase seals under is not what the trustlet can derive under the same name. */
static void keys_are_apart(void **state)
{
    uint8_t own[IUM_KEY_SIZE], sealing[IUM_KEY_SIZE];

    (void)state;
    assert_int_equal(ium_derive_key("p", 1, own), IUM_SUCCESS);
    assert_int_equal(ium_derive_key("iumbase sealed: p", 17, sealing), IUM_SUCCESS);
    assert_memory_not_equal(own, sealing, sizeof(own));
}

static void psa_is_ready(void **state)
{
    static const uint8_t abc[4] = { 0xba, 0x78, 0x16, 0xbf }; /* FIPS 180-4's example "abc" begins so */
    uint8_t hash[32];
    size_t size;

    (void)state;
    assert_int_equal(psa_at_start, PSA_SUCCESS);
    assert_int_equal(psa_hash_compute(PSA_ALG_SHA_256, (const uint8_t *)"abc", 3, hash, sizeof(hash), &size), PSA_SUCCESS);
    assert_memory_equal(hash, abc, sizeof(abc));
    assert_true(ium_heap_free_bytes() < 20 * 4096 - IUM_CRYPTO_HEAP_SIZE);
}

static void psa_signs(void **state)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    const psa_algorithm_t algorithm = PSA_ALG_ECDSA(PSA_ALG_SHA_256);
    uint8_t hash[32] = { 1, 2, 3 }, signature[64];
    psa_key_id_t key;
    size_t size;

    (void)state;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_bits(&attributes, 256);
    psa_set_key_algorithm(&attributes, algorithm);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_VERIFY_HASH);
    assert_int_equal(psa_generate_key(&attributes, &key), PSA_SUCCESS);
    assert_int_equal(psa_sign_hash(key, algorithm, hash, sizeof(hash), signature, sizeof(signature), &size), PSA_SUCCESS);
    assert_int_equal(size, sizeof(signature));
    assert_int_equal(psa_verify_hash(key, algorithm, hash, sizeof(hash), signature, size), PSA_SUCCESS);
    hash[31] ^= 1;
    assert_int_equal(psa_verify_hash(key, algorithm, hash, sizeof(hash), signature, size), PSA_ERROR_INVALID_SIGNATURE);
    psa_destroy_key(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(comes_back, begin, end),
        cmocka_unit_test_setup_teardown(bound_to_everything, begin, end),
        cmocka_unit_test_setup_teardown(changed, begin, end),
        cmocka_unit_test_setup_teardown(no_two_blobs_alike, begin, end),
        cmocka_unit_test_setup_teardown(bad_arguments, begin, end),
        cmocka_unit_test_setup_teardown(keys_are_apart, begin, end),
        cmocka_unit_test_setup_teardown(psa_is_ready, begin, end),
        cmocka_unit_test_setup_teardown(psa_signs, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
