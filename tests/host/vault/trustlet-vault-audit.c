/* The audit log as somebody outside reads it: the pages VTL0 has, the page AUDIT tells, one chain, one signature. */
#include "vault.h"

#include <stdio.h>

#include <crypto/ed25519.h>
#include <psa/crypto.h>

#define MOST 128u

static struct credvault_audit_entry entries[MOST];
static uint32_t count;
static struct credvault_audit head;
static const uint8_t challenge[32] = "what is signed now";

static void read_pages(uint64_t pages)
{
    count = 0;
    for (uint64_t page = 0; page < pages; page++) {
        char name[32];
        const struct store_blob *blob;

        snprintf(name, sizeof(name), "audit-%08x", (unsigned)page);
        blob = store_get(name);
        assert_int_equal(blob->size, CREDVAULT_AUDIT_PAGE * sizeof(entries[0]));
        memcpy(&entries[count], blob->data, blob->size);
        count += CREDVAULT_AUDIT_PAGE;
    }
}

/* Everything there is to read, unchecked. */
static void read_log(void)
{
    assert_int_equal(vault_call(CREDVAULT_AUDIT, challenge, sizeof(challenge)), CREDVAULT_SUCCESS);
    memcpy(&head, reply, sizeof(head));
    assert_int_equal(reply_size, sizeof(head) + head.count * sizeof(entries[0]));
    assert_true(head.count < CREDVAULT_AUDIT_PAGE && head.reserved == 0);
    read_pages((head.next - 1) / CREDVAULT_AUDIT_PAGE);
    memcpy(&entries[count], reply + sizeof(head), head.count * sizeof(entries[0]));
    count += head.count;
}

static void sha256(const void *data, size_t size, uint8_t *digest)
{
    size_t length;

    assert_int_equal(psa_hash_compute(PSA_ALG_SHA_256, data, size, digest, 32, &length), PSA_SUCCESS);
}

/* What docs/vault.md has in Python. */
static bool verify(const uint8_t *asked, const uint8_t *public_key)
{
    uint8_t chain[32] = { 0 }, message[64], statement[27 + 32 + 8 + 32] = "OpenVSM credvault audit v1";

    for (uint32_t i = 0; i < count; i++) {
        memcpy(message, chain, 32);
        memcpy(message + 32, &entries[i], 32);
        sha256(message, sizeof(message), chain);
        if (entries[i].sequence != i + 1 || memcmp(chain, entries[i].chain, 32) != 0) {
            return false;
        }
    }
    memcpy(statement + 27, asked, 32);
    memcpy(statement + 59, &head.next, 8);
    memcpy(statement + 67, head.head, 32);
    return head.next == count + 1 && memcmp(chain, head.head, 32) == 0 &&
           ed25519_verify(public_key, statement, sizeof(statement), head.signature);
}

static void expect(uint32_t number, uint32_t command, uint32_t credential, uint32_t status)
{
    const struct credvault_audit_entry *entry = &entries[number - 1];

    assert_true(number <= count);
    assert_int_equal(entry->command, command);
    assert_int_equal(entry->credential, credential);
    assert_int_equal(entry->status, status);
    assert_int_equal(entry->session, (uint32_t)session);
}

static void what_happens_is_noted(void **state)
{
    const struct credvault_policy guarded = { .flags = CREDVAULT_POLICY_PIN, .pin_tries = 3 };
    const struct credvault_policy tighter = { .operations = CREDVAULT_ALLOW_HMAC, .max_uses = 5 };
    uint32_t plain = add_hmac(NULL, NULL), with_pin = add_hmac(&guarded, "2468");
    struct credvault_info info;

    (void)state;
    use_hmac(plain);
    unlock(with_pin, "0000");
    unlock(with_pin, "2468");
    use_hmac(with_pin);
    assert_int_equal(use_hmac(with_pin), CREDVAULT_PIN_REQUIRED);
    assert_int_equal(restrict_to(plain, &tighter), CREDVAULT_SUCCESS);
    assert_int_equal(remove_credential(plain), CREDVAULT_SUCCESS);
    read_log();
    info = vault_info();
    assert_int_equal(info.audit_next, 10);
    assert_int_equal(count, 9);
    assert_true(verify(challenge, info.audit_public_key));
    expect(1, CREDVAULT_ADD, plain, CREDVAULT_SUCCESS);
    expect(2, CREDVAULT_ADD, with_pin, CREDVAULT_SUCCESS);
    expect(3, CREDVAULT_HMAC_SHA256, plain, CREDVAULT_SUCCESS);
    expect(4, CREDVAULT_UNLOCK, with_pin, CREDVAULT_PIN_WRONG);
    expect(5, CREDVAULT_UNLOCK, with_pin, CREDVAULT_PIN_WRONG);
    expect(6, CREDVAULT_UNLOCK, with_pin, CREDVAULT_SUCCESS);
    expect(7, CREDVAULT_HMAC_SHA256, with_pin, CREDVAULT_SUCCESS);
    expect(8, CREDVAULT_RESTRICT, plain, CREDVAULT_SUCCESS);
    expect(9, CREDVAULT_REMOVE, plain, CREDVAULT_SUCCESS);
}

static void drawn_codes_are_noted(void **state)
{
    const struct credvault_policy agreed = { .flags = CREDVAULT_POLICY_CONFIRM };
    uint32_t credential = add_hmac(&agreed, NULL);

    (void)state;
    assert_int_equal(use_hmac(credential), CREDVAULT_CONFIRM_REQUIRED);
    assert_int_equal(confirm(shown_code()), CREDVAULT_SUCCESS);
    assert_int_equal(use_hmac(credential), CREDVAULT_SUCCESS);
    read_log();
    assert_int_equal(count, 3);
    expect(2, CREDVAULT_HMAC_SHA256, credential, CREDVAULT_CONFIRM_REQUIRED);
    expect(3, CREDVAULT_HMAC_SHA256, credential, CREDVAULT_SUCCESS);
}

static void a_reset_begins_a_new_log(void **state)
{
    (void)state;
    add_hmac(NULL, NULL);
    assert_int_equal(reset_vault(), CREDVAULT_SUCCESS);
    read_log();
    assert_int_equal(count, 1);
    expect(1, CREDVAULT_RESET, 0, CREDVAULT_SUCCESS);
    assert_true(verify(challenge, vault_info().audit_public_key));
}

static void a_long_log(void)
{
    uint32_t credential = add_hmac(NULL, NULL);

    for (uint32_t i = 0; i < 40; i++) {
        assert_int_equal(use_hmac(credential), CREDVAULT_SUCCESS);
        if (i % 9 == 0) {
            vault_reboot();
        }
    }
    read_log();
}

static void a_log_over_pages_and_reboots(void **state)
{
    uint8_t key[32], other[32] = { 0 };

    (void)state;
    a_long_log();
    memcpy(key, vault_info().audit_public_key, sizeof(key));
    assert_int_equal(count, 41);
    assert_true(verify(challenge, key));
    assert_false(verify(other, key));
    key[0] ^= 1;
    assert_false(verify(challenge, key));
}

/* Each entry removed, changed in each byte, exchanged with its neighbour; and the end cut off. */
static void what_is_changed_shows(void **state)
{
    static struct credvault_audit_entry right[MOST];
    uint32_t all;
    uint8_t key[32];

    (void)state;
    a_long_log();
    memcpy(key, vault_info().audit_public_key, sizeof(key));
    memcpy(right, entries, sizeof(right));
    all = count;
    for (uint32_t i = 0; i < all; i++) {
        memmove(&entries[i], &entries[i + 1], (all - i - 1) * sizeof(entries[0]));
        count = all - 1;
        assert_false(verify(challenge, key));
        head.next--;
        assert_false(verify(challenge, key));
        head.next++;
        memcpy(entries, right, sizeof(right));
        count = all;
        for (uint32_t byte = 0; byte < sizeof(entries[0]); byte++) {
            ((uint8_t *)&entries[i])[byte] ^= 0x10;
            assert_false(verify(challenge, key));
            ((uint8_t *)&entries[i])[byte] ^= 0x10;
        }
        if (i + 1 < all) {
            entries[i] = right[i + 1];
            entries[i + 1] = right[i];
            assert_false(verify(challenge, key));
            memcpy(entries, right, sizeof(right));
        }
    }
    assert_true(verify(challenge, key));
    for (uint32_t byte = 0; byte < sizeof(head.signature); byte++) {
        head.signature[byte] ^= 1;
        assert_false(verify(challenge, key));
        head.signature[byte] ^= 1;
    }
}

/* VTL0 that does not keep a full page: what would have filled it does not happen. */
static void a_page_that_is_not_kept(void **state)
{
    uint32_t credential = add_hmac(NULL, NULL);

    (void)state;
    while (vault_info().audit_next % CREDVAULT_AUDIT_PAGE != 0) {
        use_hmac(credential);
    }
    vtl0.refuse_writes = 1;
    assert_int_equal(use_hmac(credential), CREDVAULT_STORAGE_FAILED);
    assert_int_equal(vault_info().audit_next, 12);
    assert_int_equal(use_hmac(credential), CREDVAULT_SUCCESS);
    read_log();
    assert_int_equal(count, 12);
    assert_true(verify(challenge, vault_info().audit_public_key));
    assert_int_equal(head.count, 0);
}

#define VAULT_TEST(function) cmocka_unit_test_setup_teardown(function, vault_setup, vault_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        VAULT_TEST(what_happens_is_noted),
        VAULT_TEST(drawn_codes_are_noted),
        VAULT_TEST(a_reset_begins_a_new_log),
        VAULT_TEST(a_log_over_pages_and_reboots),
        VAULT_TEST(what_is_changed_shows),
        VAULT_TEST(a_page_that_is_not_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
