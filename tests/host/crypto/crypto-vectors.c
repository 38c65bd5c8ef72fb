/* The sets of tests/trustlets/vectors, the same that a trustlet runs in VTL1. */
#include "support.h"

#include <vectors/sets.h>

static void all_pass(uint32_t set, uint32_t total)
{
    struct vectors_result result = vectors_run(set);

    assert_int_equal(result.total, total);
    assert_int_equal(result.passed, total);
}

/* A judge that always passes would make every other test here empty. */
static void the_judge_can_fail(void **state)
{
    static const uint8_t data[2] = { 0xab, 0x01 };
    struct vector_run run = { { 0, 0 } };

    (void)state;
    vector_judge(&run, vector_is(data, 2, "ab01"));
    vector_judge(&run, vector_is(data, 2, "ab11"));
    vector_judge(&run, vector_is(data, 2, "ab"));
    assert_int_equal(run.result.passed, 1);
    assert_int_equal(run.result.total, 3);
}

#define SET(name, number, total)        \
    static void name(void **state)      \
    {                                   \
        (void)state;                    \
        all_pass(number, total);        \
    }

SET(nfold, VECTORS_NFOLD, 11)
SET(rfc3962, VECTORS_RFC3962, 26)
SET(rfc8009, VECTORS_RFC8009, 28)
SET(rfc8009_string_to_key, VECTORS_RFC8009_STRING_TO_KEY, 2)
SET(hotp_values, VECTORS_HOTP, 10)
SET(totp_values, VECTORS_TOTP, 18)
SET(rfc3394, VECTORS_RFC3394, 12)
SET(rfc5649, VECTORS_RFC5649, 4)
SET(ed25519, VECTORS_ED25519, 12)
SET(ecdsa, VECTORS_ECDSA, 12)
SET(ecdh, VECTORS_ECDH, 4)
SET(rsa, VECTORS_RSA, 12)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_judge_can_fail),
        cmocka_unit_test(nfold),
        cmocka_unit_test(rfc3962),
        cmocka_unit_test(rfc8009),
        cmocka_unit_test(rfc8009_string_to_key),
        cmocka_unit_test(hotp_values),
        cmocka_unit_test(totp_values),
        cmocka_unit_test(rfc3394),
        cmocka_unit_test(rfc5649),
        cmocka_unit_test(ed25519),
        cmocka_unit_test(ecdsa),
        cmocka_unit_test(ecdh),
        cmocka_unit_test(rsa),
    };

    return cmocka_run_group_tests(tests, support_psa_start, support_psa_stop);
}
