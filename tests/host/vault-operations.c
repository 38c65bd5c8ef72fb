/* NTLMV2, HMAC_SHA256, HOTP, TOTP and WRAP; and that the table has each operation once. */
#include "vault-use.h"

#include <string.h>

#include <crypto/key_wrap.h>

#include "key_material.h"

static struct vault_use use;
static struct record record, target;

static int fresh(void **state)
{
    (void)state;
    memset(&use, 0, sizeof(use));
    use.record = &record;
    return 0;
}

static void every_use_once(void **state)
{
    static const uint32_t commands[] = { CREDVAULT_NTLMV2, CREDVAULT_KERBEROS_PREAUTH, CREDVAULT_KERBEROS_AS_REP,
                                         CREDVAULT_KERBEROS_TGS_REP, CREDVAULT_KERBEROS_AUTHENTICATOR, CREDVAULT_KERBEROS_CHECKSUM,
                                         CREDVAULT_HMAC_SHA256, CREDVAULT_HOTP, CREDVAULT_TOTP, CREDVAULT_SIGN, CREDVAULT_AGREE,
                                         CREDVAULT_WRAP };

    (void)state;
    assert_int_equal(operation_count, sizeof(commands) / sizeof(commands[0]));
    for (size_t i = 0; i < operation_count; i++) {
        const struct operation_row *row = vault_row(commands[i]);

        assert_true(row->min_input >= sizeof(struct credvault_use) && row->min_input <= row->max_input && row->max_input <= 4024);
        assert_true(row->min_reply > 0 && row->min_reply <= 4024);
        assert_true(row->operation != 0 && (row->operation & (row->operation - 1)) == 0);
        assert_non_null(row->run);
    }
}

/* Inputs of every size that is not right. */
static void sizes_refused(void **state)
{
    static const uint8_t zeros[4096];

    (void)state;
    for (uint32_t i = 0; i < operation_count; i++) {
        const struct operation_row *row = operations[i];

        for (uint32_t size = 0; size < row->min_input; size++) {
            assert_int_equal(vault_use(&use, row->command, zeros, size), CREDVAULT_BAD_REQUEST);
        }
        assert_int_equal(vault_use(&use, row->command, zeros, row->max_input + 1), CREDVAULT_BAD_REQUEST);
        use.capacity = row->min_reply - 1;
        assert_int_equal(vault_use(&use, row->command, zeros, row->min_input), CREDVAULT_BAD_REQUEST);
        use.capacity = 0;
    }
}

/* MS-NLMP, "NTLMv2 Authentication" of "Cryptographic Values for Validation". */
static const char temp_hex[] =
    "01010000000000000000000000000000aaaaaaaaaaaaaaaa00000000"
    "02000c0044006f006d00610069006e00"
    "01000c005300650072007600650072000000000000000000";

static uint32_t ntlm_request(uint8_t *request)
{
    struct credvault_ntlmv2 header = { .server_challenge = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef } };

    header.client_blob_size = (uint32_t)support_hex(temp_hex, request + sizeof(header));
    memcpy(request, &header, sizeof(header));
    return (uint32_t)sizeof(header) + header.client_blob_size;
}

static void ntlmv2(void **state)
{
    struct password_keys keys = { { 0 }, { 0 }, { { 0 } } };
    uint8_t request[256];
    uint32_t size = ntlm_request(request);

    (void)state;
    support_hex("0c868a403bfd7a93a3001ef22ef02e3f", keys.ntlm);
    memset(&record, 0, sizeof(record));
    memcpy(record.secret, &keys, sizeof(keys));
    assert_int_equal(vault_use(&use, CREDVAULT_NTLMV2, request, size), CREDVAULT_SUCCESS);
    assert_int_equal(use.size, 32);
    support_assert_hex(use.reply, 32, "68cd0ab851e51c96aabc927bebef6a1c8de40ccadbc14a82f15cb0ad0de95ca3");
    for (uint32_t cut = 0; cut < size; cut++) {
        assert_int_equal(vault_use(&use, CREDVAULT_NTLMV2, request, cut), CREDVAULT_BAD_REQUEST);
    }
    vault_each_reserved(&use, CREDVAULT_NTLMV2, request, size, 4, 4);   /* the blob's size */
    vault_each_reserved(&use, CREDVAULT_NTLMV2, request, size, 16, 8);  /* its versions and reserved fields */
    vault_each_reserved(&use, CREDVAULT_NTLMV2, request, size, 40, 4);
}

/* A proof seen on the wire as challenge and blob: the answer would be its session key. */
static void ntlmv2_is_no_oracle(void **state)
{
    uint8_t request[sizeof(struct credvault_ntlmv2) + 8] = { 0 };

    (void)state;
    support_hex("68cd0ab851e51c96aabc927bebef6a1c", request + 8);
    request[4] = 8;
    assert_int_equal(vault_use(&use, CREDVAULT_NTLMV2, request, sizeof(request)), CREDVAULT_BAD_REQUEST);
}

static void hmac_of_a_password(void **state)
{
    static const struct credvault_use header = { 7, 0 };
    struct password_keys keys = { { 0 }, { 0 }, { { 0 } } };

    (void)state;
    support_hex("6596eb7738c9fd50e68bb70854b69e671eb377e8502e298ed9fa5ed22499261d", keys.hmac);
    memset(&record, 0, sizeof(record));
    record.type = CREDVAULT_PASSWORD;
    memcpy(record.secret, &keys, sizeof(keys));
    assert_int_equal(vault_use_with(&use, CREDVAULT_HMAC_SHA256, &header, sizeof(header), "message", 7), CREDVAULT_SUCCESS);
    support_assert_hex(use.reply, use.size, "211a56a3c50539e532701656de483f9420e401955e2e46f4d5674405907d7a5f");
}

/* Computed with Python's hmac: hmac.new(key, b"OpenVSM credvault challenge v1\0" + message, "sha256"). */
static void hmac_of_a_key(void **state)
{
    static uint8_t longest[sizeof(struct credvault_use) + CREDVAULT_MAX_MESSAGE];
    static const struct credvault_use header = { 7, 0 };
    uint8_t secret[64];

    (void)state;
    for (unsigned i = 0; i < sizeof(secret); i++) {
        secret[i] = (uint8_t)i;
    }
    vault_record(&record, CREDVAULT_SYMMETRIC, CREDVAULT_ALLOW_HMAC, secret, 16);
    assert_int_equal(vault_use_with(&use, CREDVAULT_HMAC_SHA256, &header, sizeof(header), "message", 7), CREDVAULT_SUCCESS);
    support_assert_hex(use.reply, use.size, "69bd9ea577480ffcf732312610d682a0d0bd72f444a155094f0e785fcb71398f");
    vault_record(&record, CREDVAULT_SYMMETRIC, CREDVAULT_ALLOW_HMAC, secret, 64);
    assert_int_equal(vault_use(&use, CREDVAULT_HMAC_SHA256, &header, sizeof(header)), CREDVAULT_SUCCESS);
    support_assert_hex(use.reply, use.size, "fbcb66a521b5485a49e92de2564380559a954e8d4037d921d6b95f5d71aea5c4");
    assert_int_equal(vault_use(&use, CREDVAULT_HMAC_SHA256, longest, sizeof(longest)), CREDVAULT_SUCCESS);
    support_assert_hex(use.reply, use.size, "5443719ae2f4864072b74c30304d8a6a459dfe3e7d3159c0caf8be58ffddeb5a");
    vault_each_reserved(&use, CREDVAULT_HMAC_SHA256, longest, sizeof(header), 4, 4);
}

static void otp_record(uint32_t hash, uint32_t digits, uint32_t step, const char *secret)
{
    vault_record(&record, CREDVAULT_SYMMETRIC, step != 0 ? CREDVAULT_ALLOW_TOTP : CREDVAULT_ALLOW_HOTP, secret, (uint32_t)strlen(secret));
    record.symmetric.hash = hash;
    record.symmetric.digits = digits;
    record.symmetric.step = step;
}

static void expect_code(uint32_t command, uint32_t code, uint64_t counter)
{
    static const struct credvault_use header = { 7, 0 };
    struct credvault_otp_reply reply;

    assert_int_equal(vault_use(&use, command, &header, sizeof(header)), CREDVAULT_SUCCESS);
    assert_int_equal(use.size, sizeof(reply));
    memcpy(&reply, use.reply, sizeof(reply));
    assert_int_equal(reply.code, code);
    assert_int_equal(reply.digits, record.symmetric.digits);
    assert_int_equal(reply.counter, counter);
}

/* RFC 4226, appendix D. */
static void hotp(void **state)
{
    static const uint32_t codes[] = { 755224, 287082, 359152, 969429, 338314, 254676, 287922, 162583, 399871, 520489 };
    static const struct credvault_use request = { 7, 0 };

    (void)state;
    otp_record(CREDVAULT_SHA1, 6, 0, "12345678901234567890");
    for (uint32_t i = 0; i < 10; i++) {
        use.counter = i;
        expect_code(CREDVAULT_HOTP, codes[i], i);
    }
    vault_each_reserved(&use, CREDVAULT_HOTP, &request, sizeof(request), 4, 4);
}

/* RFC 6238, appendix B; the vault's time counts 100 ns from 1601. */
static void totp(void **state)
{
    static const struct {
        uint64_t time;
        uint32_t sha1, sha256, sha512;
    } codes[] = {
        { 59, 94287082, 46119246, 90693936 },           { 1111111109, 7081804, 68084774, 25091201 },
        { 1111111111, 14050471, 67062674, 99943326 },   { 1234567890, 89005924, 91819424, 93441116 },
        { 2000000000, 69279037, 90698825, 38618901 },   { 20000000000, 65353130, 77737706, 47863826 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        use.now = (codes[i].time + UINT64_C(11644473600)) * 10000000 + 9999999;
        otp_record(CREDVAULT_SHA1, 8, 30, "12345678901234567890");
        expect_code(CREDVAULT_TOTP, codes[i].sha1, codes[i].time / 30);
        otp_record(CREDVAULT_SHA256, 8, 30, "12345678901234567890123456789012");
        expect_code(CREDVAULT_TOTP, codes[i].sha256, codes[i].time / 30);
        otp_record(CREDVAULT_SHA512, 8, 30, "1234567890123456789012345678901234567890123456789012345678901234");
        expect_code(CREDVAULT_TOTP, codes[i].sha512, codes[i].time / 30);
    }
}

static void totp_before_1970(void **state)
{
    static const struct credvault_use request = { 7, 0 };

    (void)state;
    otp_record(CREDVAULT_SHA1, 6, 30, "12345678901234567890");
    use.now = UINT64_C(116444736000000000);
    assert_int_equal(vault_use(&use, CREDVAULT_TOTP, &request, sizeof(request)), CREDVAULT_SUCCESS);
    vault_each_reserved(&use, CREDVAULT_TOTP, &request, sizeof(request), 4, 4);
    use.now--;
    assert_int_equal(vault_use(&use, CREDVAULT_TOTP, &request, sizeof(request)), CREDVAULT_BAD_REQUEST);
    use.now = 0;
    assert_int_equal(vault_use(&use, CREDVAULT_TOTP, &request, sizeof(request)), CREDVAULT_BAD_REQUEST);
}

/* A record that no policy would have let in: an error, no division by zero and no code. */
static void otp_of_a_bad_record(void **state)
{
    static const struct credvault_use request = { 7, 0 };

    (void)state;
    use.now = UINT64_C(133000000000000000);
    otp_record(CREDVAULT_SHA1, 6, 1, "12345678901234567890");
    record.symmetric.step = 0;
    assert_int_equal(vault_use(&use, CREDVAULT_TOTP, &request, sizeof(request)), CREDVAULT_INTERNAL);
    for (uint32_t hash = 0; hash <= 5; hash++) {
        record.symmetric.hash = hash;
        assert_int_equal(vault_use(&use, CREDVAULT_HOTP, &request, sizeof(request)),
                         hash >= 1 && hash <= 3 ? CREDVAULT_SUCCESS : CREDVAULT_INTERNAL);
    }
}

/* RFC 5649, section 6. */
static void wrap_as_published(void **state)
{
    static const struct credvault_wrap request = { 7, 8 };
    uint8_t kek[24], key[20];

    (void)state;
    support_hex("5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8", kek);
    support_hex("c37b7e6492584340bed12207808941155068f738", key);
    vault_record(&record, CREDVAULT_SYMMETRIC, CREDVAULT_ALLOW_WRAP, kek, sizeof(kek));
    vault_record(&target, CREDVAULT_SYMMETRIC, CREDVAULT_ALLOW_HMAC, key, sizeof(key));
    use.target = &target;
    assert_int_equal(vault_use(&use, CREDVAULT_WRAP, &request, sizeof(request)), CREDVAULT_SUCCESS);
    support_assert_hex(use.reply, use.size, "138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a");
}

/* Of each type: what was wrapped is, unwrapped, what IMPORT takes, and gives the same key. */
static void wrapped_goes_in_again(void **state)
{
    static const uint32_t types[] = { CREDVAULT_SYMMETRIC, CREDVAULT_P256, CREDVAULT_P384, CREDVAULT_ED25519, CREDVAULT_RSA_2048,
                                      CREDVAULT_RSA_3072 };
    static const struct credvault_wrap request = { 7, 8 };
    static uint8_t secret[CREDVAULT_MAX_SECRET + 8];
    static struct record again;
    size_t size;

    (void)state;
    vault_record(&record, CREDVAULT_SYMMETRIC, CREDVAULT_ALLOW_WRAP, "0123456789abcdef", 16);
    use.target = &target;
    use.capacity = KEY_WRAP_PADDED_SIZE(CREDVAULT_MAX_SECRET);
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        memset(&target, 0, sizeof(target));
        target.type = types[i];
        target.policy.operations = CREDVAULT_ALLOW_HMAC;
        target.symmetric.size = 29;
        assert_int_equal(key_material_generate(&target), CREDVAULT_SUCCESS);
        assert_int_equal(vault_use(&use, CREDVAULT_WRAP, &request, sizeof(request)), CREDVAULT_SUCCESS);
        assert_int_equal(key_unwrap_padded(record.secret, 16, use.reply, use.size, secret, &size), CRYPTO_OK);
        vault_record(&again, types[i], CREDVAULT_ALLOW_HMAC, secret, (uint32_t)size);
        assert_memory_equal(again.secret, target.secret, sizeof(target.secret));
        assert_memory_equal(again.public_key, target.public_key, sizeof(target.public_key));
    }
}

static void not_wrapped(void **state)
{
    static const struct credvault_wrap itself = { 7, 7 }, request = { 7, 8 };

    (void)state;
    vault_record(&record, CREDVAULT_SYMMETRIC, CREDVAULT_ALLOW_WRAP, "0123456789abcdef", 16);
    vault_password(&target, "secret");
    use.target = &target;
    assert_int_equal(vault_use(&use, CREDVAULT_WRAP, &itself, sizeof(itself)), CREDVAULT_BAD_REQUEST);
    assert_int_equal(vault_use(&use, CREDVAULT_WRAP, &request, sizeof(request)), CREDVAULT_WRONG_TYPE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_use_once, fresh),
        cmocka_unit_test_setup(sizes_refused, fresh),
        cmocka_unit_test_setup(ntlmv2, fresh),
        cmocka_unit_test_setup(ntlmv2_is_no_oracle, fresh),
        cmocka_unit_test_setup(hmac_of_a_password, fresh),
        cmocka_unit_test_setup(hmac_of_a_key, fresh),
        cmocka_unit_test_setup(hotp, fresh),
        cmocka_unit_test_setup(totp, fresh),
        cmocka_unit_test_setup(totp_before_1970, fresh),
        cmocka_unit_test_setup(otp_of_a_bad_record, fresh),
        cmocka_unit_test_setup(wrap_as_published, fresh),
        cmocka_unit_test_setup(wrapped_goes_in_again, fresh),
        cmocka_unit_test_setup(not_wrapped, fresh),
    };

    return cmocka_run_group_tests(tests, support_psa_start, support_psa_stop);
}
