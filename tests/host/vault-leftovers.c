/* What the library's heap still holds after a use: nothing of the secret. */
#include "vault-use.h"

#include <string.h>

#include <crypto/kerberos.h>

#include "key_material.h"
#include "vault-kdc.h"

#define WINDOW 12u

static struct vault_use use;
static struct record record, target;

static int fresh(void **state)
{
    memset(&use, 0, sizeof(use));
    use.session = 1;
    use.record = &record;
    use.target = &target;
    return support_psa_start(state);
}

static bool heap_has(const uint8_t *bytes)
{
    bool found = false;

    for (size_t at = 0; at + WINDOW <= sizeof(support_heap) && !found; at++) {
        found = memcmp(support_heap + at, bytes, WINDOW) == 0;
    }
    return found;
}

/* Both ends and the middle, as they are and with all bytes in the other order, as numbers are kept. */
static void expect_gone(const uint8_t *secret, size_t size)
{
    const size_t places[] = { 0, (size - WINDOW) / 2, size - WINDOW };
    uint8_t turned[WINDOW];

    for (size_t i = 0; i < 3; i++) {
        for (size_t n = 0; n < WINDOW; n++) {
            turned[n] = secret[places[i] + WINDOW - 1 - n];
        }
        assert_false(heap_has(secret + places[i]));
        assert_false(heap_has(turned));
    }
}

/* The search finds what is there. */
static void the_search_can_fail(void **state)
{
    static const uint8_t bytes[WINDOW] = "twelve bytes";

    (void)state;
    assert_false(heap_has(bytes));
    memcpy(support_heap + sizeof(support_heap) - 5000, bytes, WINDOW);
    assert_true(heap_has(bytes));
    memset(support_heap + sizeof(support_heap) - 5000, 0, WINDOW);
}

static void draw(uint32_t type)
{
    memset(&record, 0, sizeof(record));
    record.type = type;
    record.policy.operations = CREDVAULT_ALLOW_HMAC;
    record.symmetric.size = 32;
    assert_int_equal(key_material_generate(&record), CREDVAULT_SUCCESS);
}

/* An RSA key's numbers begin behind the version and e; p is in the middle of it. */
static void signatures(void **state)
{
    static const struct {
        uint32_t type, algorithm;
    } cases[] = { { CREDVAULT_P256, CREDVAULT_ECDSA_SHA256 }, { CREDVAULT_P384, CREDVAULT_ECDSA_SHA384 },
                  { CREDVAULT_RSA_2048, CREDVAULT_RSA_PSS_SHA256 }, { CREDVAULT_RSA_2048, CREDVAULT_RSA_PKCS1_SHA256 } };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct credvault_sign header = { 7, cases[i].algorithm, 0, 0 };
        size_t from = cases[i].type == CREDVAULT_RSA_2048 ? 300 : 0;

        draw(cases[i].type);
        expect_gone(record.secret + from, record.secret_size - from);
        assert_int_equal(vault_use(&use, CREDVAULT_SIGN, &header, sizeof(header)), CREDVAULT_SUCCESS);
        expect_gone(record.secret + from, record.secret_size - from);
        target = record;
        assert_int_equal(key_material_import(&target, record.secret, record.secret_size), CREDVAULT_SUCCESS);
        expect_gone(record.secret + from, record.secret_size - from);
    }
}

static void agreements(void **state)
{
    struct credvault_agree header = { 7, 65, 0, 32 };

    (void)state;
    draw(CREDVAULT_P256);
    target = record;
    draw(CREDVAULT_P256);
    assert_int_equal(vault_use_with(&use, CREDVAULT_AGREE, &header, sizeof(header), target.public_key, 65), CREDVAULT_SUCCESS);
    expect_gone(record.secret, record.secret_size);
}

static void symmetric(void **state)
{
    static const struct credvault_use request = { 7, 0 };
    static const struct credvault_wrap wrap = { 7, 8 };

    (void)state;
    draw(CREDVAULT_SYMMETRIC);
    record.symmetric.hash = CREDVAULT_SHA256;
    record.symmetric.digits = 6;
    target = record;
    assert_int_equal(vault_use(&use, CREDVAULT_HMAC_SHA256, &request, sizeof(request)), CREDVAULT_SUCCESS);
    expect_gone(record.secret, record.secret_size);
    assert_int_equal(vault_use(&use, CREDVAULT_HOTP, &request, sizeof(request)), CREDVAULT_SUCCESS);
    expect_gone(record.secret, record.secret_size);
    assert_int_equal(vault_use(&use, CREDVAULT_WRAP, &wrap, sizeof(wrap)), CREDVAULT_SUCCESS);
    expect_gone(record.secret, record.secret_size);
}

static void kerberos(void **state)
{
    const struct password_keys *keys = (const struct password_keys *)record.secret;
    static uint8_t cipher[2048];
    struct kdc_part part = kdc_part(18, 0x41);
    struct credvault_kerberos_rep header = { 7, 20, 0, 0 };
    struct writer der;

    (void)state;
    vault_password(&record, "correct horse battery");
    expect_gone((const uint8_t *)"correct horse battery", 21);
    kdc_write(&der, &part);
    header.cipher_size = kdc_encrypt(20, keys->kerberos[3], KERBEROS_USAGE_AS_REP, write_begin(&der), write_size(&der), cipher);
    assert_int_equal(vault_use_with(&use, CREDVAULT_KERBEROS_AS_REP, &header, sizeof(header), cipher, header.cipher_size),
                     CREDVAULT_SUCCESS);
    expect_gone(part.key, part.key_size);
    expect_gone(keys->ntlm, sizeof(keys->ntlm));
    expect_gone(keys->hmac, sizeof(keys->hmac));
    for (unsigned i = 0; i < 4; i++) {
        expect_gone(keys->kerberos[i], kerberos_key_size((enum kerberos_type)(17 + i)));
    }
    session_key_release(1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_search_can_fail, fresh, support_psa_stop),
        cmocka_unit_test_setup_teardown(signatures, fresh, support_psa_stop),
        cmocka_unit_test_setup_teardown(agreements, fresh, support_psa_stop),
        cmocka_unit_test_setup_teardown(symmetric, fresh, support_psa_stop),
        cmocka_unit_test_setup_teardown(kerberos, fresh, support_psa_stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
