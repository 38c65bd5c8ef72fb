/* Keys drawn and imported, and everything that is no key of its type. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include <crypto/ed25519.h>

#include "key_material.h"

static struct record record, other;
static const uint8_t zero[CREDVAULT_MAX_SECRET];

static void set_type(struct record *to, uint32_t type, uint32_t operations, uint32_t size)
{
    memset(to, 0xa5, sizeof(*to));
    to->type = type;
    to->policy.operations = operations;
    to->symmetric.size = size;
}

static void expect_nothing(const struct record *left)
{
    assert_int_equal(left->secret_size, 0);
    assert_int_equal(left->public_key_size, 0);
    assert_memory_equal(left->secret, zero, sizeof(left->secret));
    assert_memory_equal(left->public_key, zero, sizeof(left->public_key));
}

/* In memory of exactly that size, so that ASan sees a step over the end. */
static enum credvault_status import(struct record *to, const uint8_t *secret, uint32_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);
    enum credvault_status status;

    memcpy(copy, secret, size);
    status = key_material_import(to, copy, size);
    free(copy);
    return status;
}

static void expect_refused(uint32_t type, const uint8_t *secret, uint32_t size)
{
    set_type(&other, type, CREDVAULT_ALLOW_SIGN, 0);
    assert_int_equal(import(&other, secret, size), CREDVAULT_REFUSED);
    expect_nothing(&other);
}

/* What is drawn goes in again, gives the same public key, and is another one each time. */
static void drawn_and_imported(void **state)
{
    static const struct {
        uint32_t type, secret_size, public_key_size;
    } pairs[] = { { CREDVAULT_P256, 32, 65 }, { CREDVAULT_P384, 48, 97 }, { CREDVAULT_ED25519, 32, 32 } };

    (void)state;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        set_type(&record, pairs[i].type, CREDVAULT_ALLOW_SIGN, 0);
        assert_int_equal(key_material_generate(&record), CREDVAULT_SUCCESS);
        assert_int_equal(record.secret_size, pairs[i].secret_size);
        assert_int_equal(record.public_key_size, pairs[i].public_key_size);
        assert_memory_equal(record.secret + record.secret_size, zero, sizeof(record.secret) - record.secret_size);
        set_type(&other, pairs[i].type, CREDVAULT_ALLOW_SIGN, 0);
        assert_int_equal(import(&other, record.secret, record.secret_size), CREDVAULT_SUCCESS);
        assert_memory_equal(other.secret, record.secret, sizeof(other.secret));
        assert_int_equal(other.public_key_size, record.public_key_size);
        assert_memory_equal(other.public_key, record.public_key, sizeof(other.public_key));
        assert_int_equal(key_material_generate(&other), CREDVAULT_SUCCESS);
        assert_memory_not_equal(other.secret, record.secret, record.secret_size);
        expect_refused(pairs[i].type, record.secret, record.secret_size - 1);
        expect_refused(pairs[i].type, record.secret, record.secret_size + 1);
        expect_refused(pairs[i].type, record.secret, 0);
    }
}

static void symmetric_sizes(void **state)
{
    static const uint32_t uses[] = { CREDVAULT_ALLOW_HMAC, CREDVAULT_ALLOW_HOTP, CREDVAULT_ALLOW_TOTP, CREDVAULT_ALLOW_WRAP,
                                     CREDVAULT_ALLOW_UNWRAP, CREDVAULT_ALLOW_WRAP | CREDVAULT_ALLOW_UNWRAP };

    (void)state;
    for (size_t i = 0; i < sizeof(uses) / sizeof(uses[0]); i++) {
        for (uint32_t size = 0; size <= 80; size++) {
            bool good = i < 3 ? size >= 16 && size <= 64 : size == 16 || size == 24 || size == 32;

            set_type(&record, CREDVAULT_SYMMETRIC, uses[i] | CREDVAULT_ALLOW_EXPORT, size);
            assert_int_equal(key_material_generate(&record), good ? CREDVAULT_SUCCESS : CREDVAULT_BAD_REQUEST);
            assert_int_equal(record.secret_size, good ? size : 0);
            assert_int_equal(record.public_key_size, 0);
            assert_memory_equal(record.secret + record.secret_size, zero, sizeof(record.secret) - record.secret_size);
            set_type(&other, CREDVAULT_SYMMETRIC, uses[i] | CREDVAULT_ALLOW_EXPORT, 0);
            assert_int_equal(import(&other, record.secret, size), good ? CREDVAULT_SUCCESS : CREDVAULT_REFUSED);
            assert_int_equal(other.symmetric.size, good ? size : 0);
            assert_memory_equal(other.secret, record.secret, sizeof(other.secret));
        }
    }
    set_type(&record, CREDVAULT_SYMMETRIC, CREDVAULT_ALLOW_HMAC, UINT32_MAX);
    assert_int_equal(key_material_generate(&record), CREDVAULT_BAD_REQUEST);
    expect_nothing(&record);
}

/* RFC 6979, appendices A.2.5 and A.2.6; RFC 8032, section 7.1, TEST 1. */
static void published_public_keys(void **state)
{
    static const struct {
        uint32_t type;
        const char *secret, *public_key;
    } pairs[] = {
        { CREDVAULT_P256, "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
          "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294"
          "d4462299" },
        { CREDVAULT_P384, "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d896d5724e4c70a825f872c9ea60d2edf5",
          "04ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64def8f0ea9055866064a254515480bc138015d9b72d7d57244ea8ef9a"
          "c0c621896708a59367f9dfb9f54ca84b3f1c9db1288b231c3ae0d4fe7344fd2533264720" },
        { CREDVAULT_ED25519, "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
          "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a" },
    };
    uint8_t secret[48];

    (void)state;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        uint32_t size = (uint32_t)support_hex(pairs[i].secret, secret);

        set_type(&record, pairs[i].type, CREDVAULT_ALLOW_SIGN, 0);
        assert_int_equal(import(&record, secret, size), CREDVAULT_SUCCESS);
        support_assert_hex(record.public_key, record.public_key_size, pairs[i].public_key);
    }
}

/* SEC 2's orders n of both curves: scalars are 1 to n - 1. */
static void scalars_out_of_range(void **state)
{
    static const struct {
        uint32_t type;
        const char *order;
    } curves[] = {
        { CREDVAULT_P256, "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551" },
        { CREDVAULT_P384, "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973" },
    };
    uint8_t scalar[48];

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        uint32_t size = (uint32_t)support_hex(curves[i].order, scalar);

        expect_refused(curves[i].type, scalar, size);
        expect_refused(curves[i].type, zero, size);
        scalar[size - 1]--;
        set_type(&record, curves[i].type, CREDVAULT_ALLOW_SIGN, 0);
        assert_int_equal(import(&record, scalar, size), CREDVAULT_SUCCESS);
        memset(scalar, 0xff, size);
        expect_refused(curves[i].type, scalar, size);
        memset(scalar, 0, size);
        scalar[size - 1] = 1;
        assert_int_equal(import(&record, scalar, size), CREDVAULT_SUCCESS);
    }
}

static void no_pair_of_that_type(void **state)
{
    static const uint32_t types[] = { 0, CREDVAULT_PASSWORD, CREDVAULT_TYPE_COUNT, UINT32_MAX };

    (void)state;
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        set_type(&record, types[i], CREDVAULT_ALLOW_NTLMV2, 16);
        assert_int_equal(key_material_generate(&record), CREDVAULT_WRONG_TYPE);
        expect_nothing(&record);
        assert_int_equal(key_material_import(&record, zero, 32), CREDVAULT_WRONG_TYPE);
        expect_nothing(&record);
    }
}

static void without_randomness(void **state)
{
    static const uint32_t types[] = { CREDVAULT_SYMMETRIC, CREDVAULT_ED25519, CREDVAULT_P256, CREDVAULT_P384, CREDVAULT_RSA_2048 };

    (void)state;
    support_psa_stop(NULL); /* the library without its generator fails every call */
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        set_type(&record, types[i], CREDVAULT_ALLOW_HMAC, 32);
        assert_int_equal(key_material_generate(&record), CREDVAULT_INTERNAL);
        expect_nothing(&record);
    }
    support_psa_start(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drawn_and_imported),
        cmocka_unit_test(symmetric_sizes),
        cmocka_unit_test(published_public_keys),
        cmocka_unit_test(scalars_out_of_range),
        cmocka_unit_test(no_pair_of_that_type),
        cmocka_unit_test(without_randomness),
    };

    return cmocka_run_group_tests(tests, support_psa_start, support_psa_stop);
}
