/* The vault's HMAC challenge against values computed from docs/vault.md with Python's hashlib and hmac. */
#include "support.h"

#include <string.h>

#include <crypto/vault_hmac.h>

#define TEXT(literal) (const uint8_t *)(literal), sizeof(literal) - 1

static const uint8_t zero[VAULT_HMAC_SIZE];

static void known_answer(void **state)
{
    uint8_t key[VAULT_HMAC_SIZE];
    uint8_t tag[VAULT_HMAC_SIZE];

    (void)state;
    assert_int_equal(vault_hmac_key(TEXT("correct horse"), TEXT("alice"), TEXT("EXAMPLE"), key), CRYPTO_OK);
    support_assert_hex(key, sizeof(key), "6596eb7738c9fd50e68bb70854b69e671eb377e8502e298ed9fa5ed22499261d");
    assert_int_equal(vault_hmac_tag(key, TEXT("message"), tag), CRYPTO_OK);
    support_assert_hex(tag, sizeof(tag), "211a56a3c50539e532701656de483f9420e401955e2e46f4d5674405907d7a5f");
}

static void inputs_matter(void **state)
{
    static const struct {
        const char *password;
        const char *user;
        const char *domain;
    } inputs[] = { { "p", "AB", "C" }, { "p", "A", "BC" }, { "p", "AB", "c" }, { "P", "AB", "C" }, { "", "AB", "C" }, { "p", "AB", "" } };
    uint8_t keys[6][VAULT_HMAC_SIZE];
    uint8_t same[VAULT_HMAC_SIZE];

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(vault_hmac_key((const uint8_t *)inputs[i].password, strlen(inputs[i].password),
                                        (const uint8_t *)inputs[i].user, strlen(inputs[i].user),
                                        (const uint8_t *)inputs[i].domain, strlen(inputs[i].domain), keys[i]), CRYPTO_OK);
        for (size_t j = 0; j < i; j++) {
            assert_memory_not_equal(keys[i], keys[j], VAULT_HMAC_SIZE);
        }
    }
    assert_int_equal(vault_hmac_key(TEXT("p"), TEXT("ab"), TEXT("C"), same), CRYPTO_OK);
    assert_memory_equal(same, keys[0], VAULT_HMAC_SIZE);
}

static void bad_requests(void **state)
{
    uint8_t key[VAULT_HMAC_SIZE];
    uint8_t longest[CREDVAULT_MAX_MESSAGE + 1];

    (void)state;
    memset(longest, 'x', sizeof(longest));
    assert_int_equal(vault_hmac_key(longest, CREDVAULT_MAX_PASSWORD + 1, TEXT("u"), TEXT("D"), key), CRYPTO_BAD_REQUEST);
    assert_memory_equal(key, zero, sizeof(key));
    assert_int_equal(vault_hmac_key(TEXT("p"), longest, CREDVAULT_MAX_USER + 1, TEXT("D"), key), CRYPTO_BAD_REQUEST);
    assert_int_equal(vault_hmac_key(TEXT("p"), TEXT("u"), longest, CREDVAULT_MAX_DOMAIN + 1, key), CRYPTO_BAD_REQUEST);
    assert_int_equal(vault_hmac_key(TEXT("p"), TEXT(""), TEXT("D"), key), CRYPTO_BAD_REQUEST);
    assert_int_equal(vault_hmac_key(TEXT("p"), TEXT("\xc3\xbc"), TEXT("D"), key), CRYPTO_BAD_REQUEST);
    assert_int_equal(vault_hmac_key(TEXT("p\xff"), TEXT("u"), TEXT("D"), key), CRYPTO_BAD_REQUEST);
    assert_int_equal(vault_hmac_key(TEXT("p"), TEXT("u"), TEXT("D\xc0\x80"), key), CRYPTO_BAD_REQUEST);
    assert_int_equal(vault_hmac_tag(zero, longest, CREDVAULT_MAX_MESSAGE, key), CRYPTO_OK);
    assert_int_equal(vault_hmac_tag(zero, longest, CREDVAULT_MAX_MESSAGE + 1, key), CRYPTO_BAD_REQUEST);
    assert_memory_equal(key, zero, sizeof(key));
    assert_int_equal(vault_hmac_tag(zero, NULL, 0, key), CRYPTO_OK);
}

/* PSA's heap after the work: neither the password nor the key is left in it. */
static bool heap_holds(const void *bytes, size_t size)
{
    for (size_t i = 0; i + size <= sizeof(support_heap); i++) {
        if (memcmp(support_heap + i, bytes, size) == 0) {
            return true;
        }
    }
    return false;
}

static void nothing_left_behind(void **state)
{
    static const uint8_t marker[] = "a password that is nowhere else";
    uint8_t key[VAULT_HMAC_SIZE];
    uint8_t tag[VAULT_HMAC_SIZE];

    (void)state;
    memcpy(support_heap + sizeof(support_heap) - sizeof(marker), marker, sizeof(marker));
    assert_true(heap_holds(marker, sizeof(marker) - 1)); /* the search finds what is there */
    memset(support_heap + sizeof(support_heap) - sizeof(marker), 0, sizeof(marker));
    assert_int_equal(vault_hmac_key(marker, sizeof(marker) - 1, TEXT("alice"), TEXT("EXAMPLE"), key), CRYPTO_OK);
    assert_int_equal(vault_hmac_tag(key, TEXT("message"), tag), CRYPTO_OK);
    assert_false(heap_holds(marker, sizeof(marker) - 1));
    assert_false(heap_holds(key, 16));
    assert_false(heap_holds(key + 16, 16));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answer),
        cmocka_unit_test(inputs_matter),
        cmocka_unit_test(bad_requests),
        cmocka_unit_test(nothing_left_behind),
    };

    return cmocka_run_group_tests(tests, support_psa_start, support_psa_stop);
}
