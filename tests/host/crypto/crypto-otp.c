/* One-time passwords outside their limits; published values are in crypto-vectors. */
#include "support.h"

#include <crypto/otp.h>

static const uint8_t key[OTP_MAX_KEY_SIZE + 1] = "12345678901234567890";

static void expect_bad(enum mac_hash hash, size_t key_size, unsigned digits)
{
    uint32_t code = 1;

    assert_int_equal(hotp(hash, key, key_size, 0, digits, &code), CRYPTO_BAD_REQUEST);
    assert_int_equal(code, 0);
}

static void outside_the_limits(void **state)
{
    (void)state;
    for (unsigned digits = 0; digits < 16; digits++) {
        if (digits < OTP_MIN_DIGITS || digits > OTP_MAX_DIGITS) {
            expect_bad(MAC_SHA1, 20, digits);
        }
    }
    expect_bad(MAC_MD5, 20, 6);
    expect_bad(MAC_SHA384, 20, 6);
    expect_bad(MAC_SHA1, 0, 6);
    expect_bad(MAC_SHA1, OTP_MIN_KEY_SIZE - 1, 6);
    expect_bad(MAC_SHA1, OTP_MAX_KEY_SIZE + 1, 6);
}

/* RFC 4226, appendix D: the value of counter 0 before the modulus is 1284755224. */
static void digits_are_the_last_ones(void **state)
{
    uint32_t code;

    (void)state;
    assert_int_equal(hotp(MAC_SHA1, key, 20, 0, 6, &code), CRYPTO_OK);
    assert_int_equal(code, 755224);
    assert_int_equal(hotp(MAC_SHA1, key, 20, 0, 7, &code), CRYPTO_OK);
    assert_int_equal(code, 4755224);
    assert_int_equal(hotp(MAC_SHA1, key, 20, 0, 8, &code), CRYPTO_OK);
    assert_int_equal(code, 84755224);
}

static void time_steps(void **state)
{
    uint32_t code = 1, counted;

    (void)state;
    assert_int_equal(totp(MAC_SHA1, key, 20, 100, 0, 0, 6, &code), CRYPTO_BAD_REQUEST);
    assert_int_equal(code, 0);
    code = 1;
    assert_int_equal(totp(MAC_SHA1, key, 20, 99, 100, 30, 6, &code), CRYPTO_BAD_REQUEST);
    assert_int_equal(code, 0);
    for (uint64_t second = 0; second < 90; second++) {
        assert_int_equal(totp(MAC_SHA1, key, 20, 1000 + second, 1000, 30, 6, &code), CRYPTO_OK);
        assert_int_equal(hotp(MAC_SHA1, key, 20, second / 30, 6, &counted), CRYPTO_OK);
        assert_int_equal(code, counted);
    }
}

/* A counter beyond 32 bits counts: made with Python's hmac. */
static void large_counters(void **state)
{
    uint32_t code;

    (void)state;
    assert_int_equal(hotp(MAC_SHA1, key, 20, 0xfedcba9876543210u, 8, &code), CRYPTO_OK);
    assert_int_equal(code, 51274905);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outside_the_limits),
        cmocka_unit_test(digits_are_the_last_ones),
        cmocka_unit_test(time_steps),
        cmocka_unit_test(large_counters),
    };

    return cmocka_run_group_tests(tests, support_psa_start, support_psa_stop);
}
