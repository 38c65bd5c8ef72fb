/* NTLMv2 against MS-NLMP, "NTLMv2 Authentication" of "Cryptographic Values for Validation", and hostile requests. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include <crypto/ntlm.h>

#define TEXT(literal) (const uint8_t *)(literal), sizeof(literal) - 1

static const uint8_t server_challenge[8] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef };

/* "temp" of MS-NLMP's example: time 0, client challenge aa.., domain "Domain", server "Server". */
static const char temp_hex[] =
    "01010000000000000000000000000000aaaaaaaaaaaaaaaa00000000"
    "02000c0044006f006d00610069006e00"
    "01000c005300650072007600650072000000000000000000";

static const uint8_t zero[NTLM_HASH_SIZE];

static void published_key(uint8_t key[NTLM_HASH_SIZE])
{
    uint8_t nt_hash[NTLM_HASH_SIZE];

    assert_int_equal(ntlm_nt_hash(TEXT("Password"), nt_hash), CRYPTO_OK);
    support_assert_hex(nt_hash, sizeof(nt_hash), "a4f49c406510bdcab6824ee7c30fd852");
    assert_int_equal(ntlm_ntowfv2(nt_hash, TEXT("User"), TEXT("Domain"), key), CRYPTO_OK);
    support_assert_hex(key, NTLM_HASH_SIZE, "0c868a403bfd7a93a3001ef22ef02e3f");
}

static void published_values(void **state)
{
    uint8_t key[NTLM_HASH_SIZE];
    uint8_t temp[128];
    uint8_t proof[NTLM_HASH_SIZE];
    uint8_t session_key[NTLM_HASH_SIZE];
    size_t size = support_hex(temp_hex, temp);

    (void)state;
    published_key(key);
    assert_int_equal(ntlmv2_response(key, server_challenge, temp, size, proof, session_key), CRYPTO_OK);
    support_assert_hex(proof, sizeof(proof), "68cd0ab851e51c96aabc927bebef6a1c");
    support_assert_hex(session_key, sizeof(session_key), "8de40ccadbc14a82f15cb0ad0de95ca3");
}

static void case_of_user_and_domain(void **state)
{
    uint8_t nt_hash[NTLM_HASH_SIZE];
    uint8_t a[NTLM_HASH_SIZE];
    uint8_t b[NTLM_HASH_SIZE];

    (void)state;
    assert_int_equal(ntlm_nt_hash(TEXT("Password"), nt_hash), CRYPTO_OK);
    assert_int_equal(ntlm_ntowfv2(nt_hash, TEXT("uSER"), TEXT("Domain"), a), CRYPTO_OK);
    support_assert_hex(a, sizeof(a), "0c868a403bfd7a93a3001ef22ef02e3f");
    assert_int_equal(ntlm_ntowfv2(nt_hash, TEXT("User"), TEXT("DOMAIN"), b), CRYPTO_OK);
    assert_memory_not_equal(a, b, sizeof(a));
}

/* NT hash of other scripts; values computed with OpenSSL's MD4 of the UTF-16LE text. */
static void passwords_beyond_ascii(void **state)
{
    uint8_t hash[NTLM_HASH_SIZE];

    (void)state;
    assert_int_equal(ntlm_nt_hash(TEXT(""), hash), CRYPTO_OK);
    support_assert_hex(hash, sizeof(hash), "31d6cfe0d16ae931b73c59d7e0c089c0");
    assert_int_equal(ntlm_nt_hash(TEXT("p\xc3\xa4ssw\xc3\xb6rd\xf0\x9f\x94\x91"), hash), CRYPTO_OK);
    support_assert_hex(hash, sizeof(hash), "edfafdea564989c6f8f62ac8d27b91dd");
}

static void bad_passwords(void **state)
{
    uint8_t hash[NTLM_HASH_SIZE];
    uint8_t longest[CREDVAULT_MAX_PASSWORD + 1];

    (void)state;
    memset(longest, 'x', sizeof(longest));
    assert_int_equal(ntlm_nt_hash(longest, CREDVAULT_MAX_PASSWORD, hash), CRYPTO_OK);
    assert_int_equal(ntlm_nt_hash(longest, sizeof(longest), hash), CRYPTO_BAD_REQUEST);
    assert_memory_equal(hash, zero, sizeof(hash));
    assert_int_equal(ntlm_nt_hash(TEXT("ab\xff"), hash), CRYPTO_BAD_REQUEST);
    assert_memory_equal(hash, zero, sizeof(hash));
    assert_int_equal(ntlm_nt_hash(TEXT("a\0b"), hash), CRYPTO_BAD_REQUEST);
}

static void bad_names(void **state)
{
    uint8_t key[NTLM_HASH_SIZE];
    uint8_t longest[CREDVAULT_MAX_USER + 1];

    (void)state;
    memset(longest, 'x', sizeof(longest));
    assert_int_equal(ntlm_ntowfv2(zero, longest, CREDVAULT_MAX_USER, longest, CREDVAULT_MAX_DOMAIN, key), CRYPTO_OK);
    assert_int_equal(ntlm_ntowfv2(zero, longest, CREDVAULT_MAX_USER + 1, TEXT("D"), key), CRYPTO_BAD_REQUEST);
    assert_memory_equal(key, zero, sizeof(key));
    assert_int_equal(ntlm_ntowfv2(zero, TEXT("u"), longest, CREDVAULT_MAX_DOMAIN + 1, key), CRYPTO_BAD_REQUEST);
    assert_int_equal(ntlm_ntowfv2(zero, TEXT(""), TEXT("D"), key), CRYPTO_BAD_REQUEST);
    assert_int_equal(ntlm_ntowfv2(zero, TEXT("m\xc3\xbcller"), TEXT("D"), key), CRYPTO_BAD_REQUEST);
    assert_int_equal(ntlm_ntowfv2(zero, TEXT("u"), TEXT("\xff"), key), CRYPTO_BAD_REQUEST);
    assert_int_equal(ntlm_ntowfv2(zero, TEXT("u"), TEXT("m\xc3\xbcller"), key), CRYPTO_OK);
    assert_int_equal(ntlm_ntowfv2(zero, TEXT("u"), TEXT(""), key), CRYPTO_OK);
}

/* In a piece of memory of exactly that size, so that ASan sees a read behind the end. */
static void expect_refused(const uint8_t *blob, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);
    uint8_t key[NTLM_HASH_SIZE] = { 1 };
    uint8_t proof[NTLM_HASH_SIZE];
    uint8_t session_key[NTLM_HASH_SIZE];

    memcpy(copy, blob, size);
    memset(proof, 0xa5, sizeof(proof));
    memset(session_key, 0xa5, sizeof(session_key));
    assert_int_equal(ntlmv2_response(key, server_challenge, copy, size, proof, session_key), CRYPTO_BAD_REQUEST);
    free(copy);
    assert_memory_equal(proof, zero, sizeof(proof));
    assert_memory_equal(session_key, zero, sizeof(session_key));
}

/* A proof seen on the wire, cut into challenge and blob, must not be answered: the answer would be its session key. */
static void no_oracle_for_session_keys(void **state)
{
    uint8_t proof[NTLM_HASH_SIZE];

    (void)state;
    support_hex("68cd0ab851e51c96aabc927bebef6a1c", proof);
    expect_refused(proof + 8, 8);
    expect_refused(proof, 0);
}

static void malformed_client_blobs(void **state)
{
    static const size_t must_be_fixed[] = { 0, 1, 2, 3, 4, 5, 6, 7, 24, 25, 26, 27 };
    uint8_t temp[128];
    size_t size = support_hex(temp_hex, temp);
    uint8_t proof[NTLM_HASH_SIZE];

    (void)state;
    for (size_t cut = 0; cut < size; cut++) {
        if (cut != size - 4) { /* without the four zero bytes it is still whole */
            expect_refused(temp, cut);
        }
    }
    assert_int_equal(ntlmv2_response(zero, server_challenge, temp, size - 4, proof, proof), CRYPTO_OK);
    for (size_t i = 0; i < sizeof(must_be_fixed) / sizeof(must_be_fixed[0]); i++) {
        temp[must_be_fixed[i]] ^= 2;
        expect_refused(temp, size);
        temp[must_be_fixed[i]] ^= 2;
    }
    temp[size - 1] = 1; /* not zero behind the list */
    expect_refused(temp, size);
    temp[size - 1] = 0;
    for (unsigned length = 13; length <= 0xff; length++) { /* pairs that end in the wrong place or behind the blob */
        temp[30] = (uint8_t)length;
        if (length != 28 && length != 32) { /* behind the second pair, and on the closing zeros: whole again */
            expect_refused(temp, size);
        }
    }
    temp[31] = 0xff;
    expect_refused(temp, size);
}

static void longest_client_blob(void **state)
{
    static uint8_t blob[CREDVAULT_MAX_CLIENT_BLOB + 4] = { 1, 1 };
    uint8_t proof[NTLM_HASH_SIZE];
    uint8_t session_key[NTLM_HASH_SIZE];
    size_t value = CREDVAULT_MAX_CLIENT_BLOB - 28 - 4 - 4;

    (void)state;
    blob[28] = 2;
    blob[30] = (uint8_t)value;
    blob[31] = (uint8_t)(value >> 8);
    assert_int_equal(ntlmv2_response(zero, server_challenge, blob, CREDVAULT_MAX_CLIENT_BLOB, proof, session_key), CRYPTO_OK);
    expect_refused(blob, CREDVAULT_MAX_CLIENT_BLOB + 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_values),
        cmocka_unit_test(case_of_user_and_domain),
        cmocka_unit_test(passwords_beyond_ascii),
        cmocka_unit_test(bad_passwords),
        cmocka_unit_test(bad_names),
        cmocka_unit_test(no_oracle_for_session_keys),
        cmocka_unit_test(malformed_client_blobs),
        cmocka_unit_test(longest_client_blob),
    };

    return cmocka_run_group_tests(tests, support_psa_start, support_psa_stop);
}
