/* The sets of tests/trustlets/vectors, the same that a trustlet runs in VTL1. */
#include "support.h"

#include <string.h>

#include <vectors/published.h>
#include <vectors/sets.h>

/* A judge that always passes would make every other test here empty. */
static void the_judge_can_fail(void **state)
{
    static const uint8_t data[2] = { 0xab, 0x01 };
    struct vector_run run = { { .total = 0 } };

    (void)state;
    vector_judge(&run, vector_is(data, 2, "ab01"));
    vector_judge(&run, vector_is(data, 2, "ab11"));
    vector_judge(&run, vector_is(data, 2, "ab"));
    assert_int_equal(run.result.passed, 1);
    assert_int_equal(run.result.total, 3);
}

static const struct {
    const char *name;
    uint32_t total;
} written[VECTORS_SETS] = {
    { "nfold", 11 }, { "rfc3962", 26 }, { "rfc8009", 28 }, { "rfc8009-string-to-key", 2 }, { "hotp", 10 }, { "totp", 18 },
    { "rfc3394", 12 }, { "rfc5649", 4 }, { "ntlmv2", 3 }, { "ed25519", 12 }, { "ecdsa", 12 }, { "ecdh", 4 }, { "rsa", 12 },
};

static void check(const struct vectors_result *result, const char *name, uint32_t total)
{
    print_message("%s: %u of %u\n", result->name, result->passed, result->total);
    assert_string_equal(result->name, name);
    assert_int_equal(result->total, total);
    assert_int_equal(result->passed, total);
}

static void written_sets(void **state)
{
    struct vectors_result result;

    (void)state;
    for (uint32_t set = 0; set < VECTORS_SETS; set++) {
        assert_true(vectors_run(set, &result));
        check(&result, written[set].name, written[set].total);
    }
}

/* How many records each file has that the vault's algorithms are about: a reader that loses some would go unseen. */
static const struct {
    const char *name;
    uint32_t total;
} published[] = {
    { "SHA-1/SHA1ShortMsg.rsp", 65 },
    { "SHA-1/SHA1LongMsg.rsp", 64 },
    { "SHA-256/SHA256ShortMsg.rsp", 65 },
    { "SHA-256/SHA256LongMsg.rsp", 64 },
    { "SHA-384/SHA384ShortMsg.rsp", 129 },
    { "SHA-384/SHA384LongMsg.rsp", 128 },
    { "SHA-512/SHA512ShortMsg.rsp", 129 },
    { "SHA-512/SHA512LongMsg.rsp", 128 },
    { "MD5/rfc-1321.txt", 7 },
    { "HMAC-MD5/rfc-2202-md5.txt", 7 },
    { "HMAC-SHA-1/rfc-2202-sha1.txt", 7 },
    { "HMAC-SHA-256/rfc-4231-sha256.txt", 6 },
    { "HMAC-SHA-384/rfc-4231-sha384.txt", 6 },
    { "HMAC-SHA-512/rfc-4231-sha512.txt", 6 },
    { "AES-128/ECBGFSbox128.rsp", 14 },
    { "AES-128/ECBKeySbox128.rsp", 42 },
    { "AES-128/ECBVarKey128.rsp", 256 },
    { "AES-128/ECBVarTxt128.rsp", 256 },
    { "AES-128/ECBMMT128.rsp", 20 },
    { "AES-192/ECBGFSbox192.rsp", 12 },
    { "AES-192/ECBKeySbox192.rsp", 48 },
    { "AES-192/ECBVarKey192.rsp", 384 },
    { "AES-192/ECBVarTxt192.rsp", 256 },
    { "AES-192/ECBMMT192.rsp", 20 },
    { "AES-256/ECBGFSbox256.rsp", 10 },
    { "AES-256/ECBKeySbox256.rsp", 32 },
    { "AES-256/ECBVarKey256.rsp", 512 },
    { "AES-256/ECBVarTxt256.rsp", 256 },
    { "AES-256/ECBMMT256.rsp", 20 },
    { "AES-256-GCM/gcmDecrypt256.rsp", 7875 },
    { "AES-256-GCM/gcmEncryptExtIV256.rsp", 7875 },
    { "KW-128/KW_AE_128.txt", 500 },
    { "KW-128/KW_AD_128.txt", 500 },
    { "KW-192/KW_AE_192.txt", 500 },
    { "KW-192/KW_AD_192.txt", 500 },
    { "KW-256/KW_AE_256.txt", 500 },
    { "KW-256/KW_AD_256.txt", 500 },
    { "KWP-128/KWP_AE_128.txt", 500 },
    { "KWP-128/KWP_AD_128.txt", 500 },
    { "KWP-192/KWP_AE_192.txt", 500 },
    { "KWP-192/KWP_AD_192.txt", 500 },
    { "KWP-256/KWP_AE_256.txt", 500 },
    { "KWP-256/KWP_AD_256.txt", 500 },
    { "EC-key/PKV.rsp", 24 },
    { "EC-key/KeyPair.rsp", 20 },
    { "ECDSA/SigVer.rsp", 150 },
    { "ECDSA/SigGen.txt", 150 },
    { "ECDH/KASValidityTest_ECCStaticUnified_NOKC_ZZOnly_init.fax", 60 },
    { "ECDH/KASValidityTest_ECCStaticUnified_NOKC_ZZOnly_resp.fax", 60 },
    { "Ed25519/sign.input", 1024 },
    { "RSA-PKCS1-v1.5/SigVer15_186-3.rsp", 180 },
    { "RSA-PKCS1-v1.5/SigGen15_186-3.rsp", 100 },
    { "RSA-PKCS1-v1.5/SigGen15_186-2.txt", 100 },
    { "RSA-PSS/SigVerPSS_186-3.rsp", 180 },
    { "RSA-PSS/SigGenPSS_186-3.rsp", 100 },
    { "RSA-PSS/SigGenPSS_186-2.txt", 100 },
    { "HKDF-SHA-256/rfc-5869-HKDF-SHA256.txt", 3 },
    { "HKDF-SHA-256/hkdf-generated.txt", 1 },
    { "PBKDF2-SHA-1/rfc-6070-PBKDF2-SHA1.txt", 5 },
};

static void published_files(void **state)
{
    struct vectors_result result;

    (void)state;
    assert_int_equal(published_set_count, sizeof(published) / sizeof(published[0]));
    for (uint32_t i = 0; i < published_set_count; i++) {
        assert_true(vectors_run(VECTORS_SETS + i, &result));
        check(&result, published[i].name, published[i].total);
    }
    assert_false(vectors_run(VECTORS_SETS + published_set_count, &result));
}

/* A judge that accepts everything would make the files empty: with one bit of its last field changed no record is accepted. */
static void one_bit_of_every_answer(void **state)
{
    static uint8_t changed[16384];

    (void)state;
    for (uint32_t i = 0; i < published_set_count; i++) {
        const uint8_t *at = published_sets[i].records;
        struct published_record record = published_next(&at);
        struct published_field *field = &record.fields[PUBLISHED_MAX_FIELDS - 1];

        while (field->size == 0) {
            field--;
        }
        memcpy(changed, field->data, field->size);
        changed[field->size / 2] ^= 0x10;
        field->data = changed;
        assert_int_not_equal(published_sets[i].judge(&record), VERDICT_ACCEPTED);
    }
}
int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_judge_can_fail),
        cmocka_unit_test(written_sets),
        cmocka_unit_test(published_files),
        cmocka_unit_test(one_bit_of_every_answer),
    };

    return cmocka_run_group_tests(tests, support_psa_start, support_psa_stop);
}
