/* Key wrap against hostile input; published vectors are in crypto-vectors. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include <crypto/aes_block.h>
#include <crypto/key_wrap.h>

static const uint8_t kek[32] = "0123456789abcdef0123456789abcde";
static const uint8_t other_kek[32] = "0123456789abcdef0123456789abcdf";
static const uint8_t zero[KEY_WRAP_MAX];
static uint8_t key[KEY_WRAP_MAX];
static uint8_t wrapped[KEY_WRAP_MAX + KEY_WRAP_OVERHEAD];
static uint8_t again[KEY_WRAP_MAX];

static int fill(void **state)
{
    for (size_t i = 0; i < sizeof(key); i++) {
        key[i] = (uint8_t)(i * 31 + 5);
    }
    return support_psa_start(state);
}

static void round_trips(void **state)
{
    static const size_t sizes[] = { 16, 24, 32, 1192, KEY_WRAP_MAX };

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        assert_int_equal(key_wrap(kek, 32, key, sizes[i], wrapped), CRYPTO_OK);
        assert_int_equal(key_unwrap(kek, 32, wrapped, sizes[i] + KEY_WRAP_OVERHEAD, again), CRYPTO_OK);
        assert_memory_equal(again, key, sizes[i]);
    }
}

static void padded_round_trips(void **state)
{
    size_t got;

    (void)state;
    for (size_t size = 1; size <= 40; size++) {
        assert_int_equal(key_wrap_padded(kek, 16, key, size, wrapped), CRYPTO_OK);
        assert_int_equal(key_unwrap_padded(kek, 16, wrapped, KEY_WRAP_PADDED_SIZE(size), again, &got), CRYPTO_OK);
        assert_int_equal(got, size);
        assert_memory_equal(again, key, size);
    }
    assert_int_equal(key_wrap_padded(kek, 24, key, KEY_WRAP_MAX, wrapped), CRYPTO_OK);
    assert_int_equal(key_unwrap_padded(kek, 24, wrapped, sizeof(wrapped), again, &got), CRYPTO_OK);
    assert_int_equal(got, KEY_WRAP_MAX);
}

/* In memory of exactly those sizes, so that ASan sees a step over an end. */
static void expect_refused(const uint8_t *with, const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size);
    uint8_t *out = malloc(size - KEY_WRAP_OVERHEAD);
    size_t got = 1;

    memcpy(copy, data, size);
    memset(out, 0xa5, size - KEY_WRAP_OVERHEAD);
    if (size > 16) {
        assert_int_equal(key_unwrap(with, 32, copy, size, out), CRYPTO_REFUSED);
        assert_memory_equal(out, zero, size - KEY_WRAP_OVERHEAD);
        memset(out, 0xa5, size - KEY_WRAP_OVERHEAD);
    }
    assert_int_equal(key_unwrap_padded(with, 32, copy, size, out, &got), CRYPTO_REFUSED);
    assert_memory_equal(out, zero, size - KEY_WRAP_OVERHEAD);
    assert_int_equal(got, 0);
    free(copy);
    free(out);
}

static void every_bit_and_other_keys(size_t size)
{
    for (size_t bit = 0; bit < 8 * size; bit++) {
        wrapped[bit / 8] ^= (uint8_t)(1u << (bit % 8));
        expect_refused(kek, wrapped, size);
        wrapped[bit / 8] ^= (uint8_t)(1u << (bit % 8));
    }
    expect_refused(other_kek, wrapped, size);
    for (size_t cut = 16; cut < size; cut += 8) {
        expect_refused(kek, wrapped, cut);
    }
}

static void altered(void **state)
{
    (void)state;
    assert_int_equal(key_wrap(kek, 32, key, 32, wrapped), CRYPTO_OK);
    every_bit_and_other_keys(40);
    assert_int_equal(key_wrap_padded(kek, 32, key, 29, wrapped), CRYPTO_OK);
    every_bit_and_other_keys(40);
    assert_int_equal(key_wrap_padded(kek, 32, key, 5, wrapped), CRYPTO_OK);
    every_bit_and_other_keys(16);
}

/* One form is not the other's. */
static void forms_are_apart(void **state)
{
    size_t got;

    (void)state;
    assert_int_equal(key_wrap(kek, 32, key, 32, wrapped), CRYPTO_OK);
    assert_int_equal(key_unwrap_padded(kek, 32, wrapped, 40, again, &got), CRYPTO_REFUSED);
    assert_int_equal(key_wrap_padded(kek, 32, key, 32, wrapped), CRYPTO_OK);
    assert_int_equal(key_unwrap(kek, 32, wrapped, 40, again), CRYPTO_REFUSED);
}

/* One block, made by hand under the right key: only the true size with zeros behind it is accepted. */
static void sizes_and_padding_inside(void **state)
{
    uint8_t plain[16] = { 0xa6, 0x59, 0x59, 0xa6, 0, 0, 0, 5, 1, 2, 3, 4, 5, 0, 0, 0 };
    uint8_t block[16];
    struct aes_block aes;
    size_t got;

    (void)state;
    assert_true(aes_block_open(&aes, AES_ENCRYPT, kek, 32));
    for (unsigned value = 0; value < 256; value++) {
        plain[7] = (uint8_t)value;
        assert_true(aes_block_run(&aes, plain, block));
        assert_int_equal(key_unwrap_padded(kek, 32, block, 16, again, &got), value >= 5 && value <= 8 ? CRYPTO_OK : CRYPTO_REFUSED);
        assert_int_equal(got, value >= 5 && value <= 8 ? value : 0);
    }
    plain[7] = 5;
    for (unsigned at = 0; at < 16; at++) {
        bool is_key = at >= 8 && at < 13;

        plain[at] ^= 0x80;
        assert_true(aes_block_run(&aes, plain, block));
        assert_int_equal(key_unwrap_padded(kek, 32, block, 16, again, &got), is_key ? CRYPTO_OK : CRYPTO_REFUSED);
        plain[at] ^= 0x80;
    }
    aes_block_close(&aes);
}

static void bad_sizes(void **state)
{
    size_t got;

    (void)state;
    for (size_t size = 0; size < 32; size++) {
        if (size % 8 != 0 || size < 16) {
            assert_int_equal(key_wrap(kek, 32, key, size, wrapped), CRYPTO_BAD_REQUEST);
        }
        if (size % 8 != 0 || size < 24) {
            assert_int_equal(key_unwrap(kek, 32, wrapped, size, again), CRYPTO_BAD_REQUEST);
        }
        if (size % 8 != 0 || size < 16) {
            assert_int_equal(key_unwrap_padded(kek, 32, wrapped, size, again, &got), CRYPTO_BAD_REQUEST);
        }
        if (size != 16 && size != 24) {
            assert_int_equal(key_wrap(kek, size, key, 16, wrapped), CRYPTO_BAD_REQUEST);
            assert_int_equal(key_unwrap(kek, size, wrapped, 24, again), CRYPTO_BAD_REQUEST);
        }
    }
    assert_int_equal(key_wrap(kek, 32, key, KEY_WRAP_MAX + 8, wrapped), CRYPTO_BAD_REQUEST);
    assert_int_equal(key_unwrap(kek, 32, wrapped, KEY_WRAP_MAX + 16, again), CRYPTO_BAD_REQUEST);
    assert_int_equal(key_wrap_padded(kek, 32, key, 0, wrapped), CRYPTO_BAD_REQUEST);
    assert_int_equal(key_wrap_padded(kek, 32, key, KEY_WRAP_MAX + 1, wrapped), CRYPTO_BAD_REQUEST);
}

static void without_the_library(void **state)
{
    (void)state;
    support_psa_stop(NULL);
    memset(wrapped, 0xa5, 40);
    assert_int_equal(key_wrap(kek, 32, key, 32, wrapped), CRYPTO_FAILED);
    assert_memory_equal(wrapped, zero, 40);
    memset(again, 0xa5, 32);
    assert_int_equal(key_unwrap(kek, 32, wrapped, 40, again), CRYPTO_FAILED);
    assert_memory_equal(again, zero, 32);
    support_psa_start(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trips),
        cmocka_unit_test(padded_round_trips),
        cmocka_unit_test(altered),
        cmocka_unit_test(forms_are_apart),
        cmocka_unit_test(sizes_and_padding_inside),
        cmocka_unit_test(bad_sizes),
        cmocka_unit_test(without_the_library),
    };

    return cmocka_run_group_tests(tests, fill, support_psa_stop);
}
