/* The audit log's chain, against a log made here: whole it is good; changed, cut, or signed for something else it is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <crypto/ed25519.h>
#include <crypto_hash_sha256.h>

#include "vault_chain.h"

#define ENTRIES 30u

static const uint8_t seed[32] = "audit key of a test, 32 bytes...";
static const uint8_t challenge[32] = "challenge";
static uint8_t public_key[32];
static struct credvault_audit_entry entries[ENTRIES];
static struct credvault_audit audit;

void secure_zero(void *to, size_t size);
void secure_zero(void *to, size_t size)
{
    memset(to, 0, size);
}

/* As docs/vault.md has it, written down a second time. */
static int make(void **state)
{
    static const char mark[] = "OpenVSM credvault audit v1";
    uint8_t head[32] = { 0 }, text[sizeof(mark) + 32 + 8 + 32];

    (void)state;
    for (unsigned i = 0; i < ENTRIES; i++) {
        uint8_t hashed[64];

        entries[i] = (struct credvault_audit_entry){ .sequence = i + 1, .time = 1000 + i, .command = 40, .credential = 1, .status = i % 3 };
        memcpy(hashed, head, 32);
        memcpy(hashed + 32, &entries[i], 32);
        crypto_hash_sha256(head, hashed, sizeof(hashed));
        memcpy(entries[i].chain, head, 32);
    }
    audit = (struct credvault_audit){ .next = ENTRIES + 1 };
    memcpy(audit.head, head, 32);
    memcpy(text, mark, sizeof(mark));
    memcpy(text + sizeof(mark), challenge, 32);
    memcpy(text + sizeof(mark) + 32, &audit.next, 8);
    memcpy(text + sizeof(mark) + 40, head, 32);
    ed25519_public_key(seed, public_key);
    ed25519_sign(seed, text, sizeof(text), audit.signature);
    return 0;
}

/* Entries from first on, count of them, then the end. */
static enum vault_chain_fault check(unsigned first, unsigned count, uint64_t *at)
{
    struct vault_chain chain;

    vault_chain_begin(&chain);
    for (unsigned i = 0; i < count; i++) {
        vault_chain_add(&chain, &entries[first + i]);
    }
    vault_chain_end(&chain, &audit, challenge, public_key);
    *at = chain.fault_at;
    return chain.fault;
}

static void a_whole_log(void **state)
{
    uint64_t at;

    (void)state;
    assert_int_equal(check(0, ENTRIES, &at), VAULT_CHAIN_GOOD);
}

static void every_bit_of_every_entry(void **state)
{
    uint64_t at;

    (void)state;
    for (unsigned i = 0; i < ENTRIES; i++) {
        for (unsigned bit = 0; bit < 8 * sizeof(entries[0]); bit++) {
            uint8_t *byte = (uint8_t *)&entries[i] + bit / 8;

            *byte ^= (uint8_t)(1u << (bit % 8));
            assert_int_not_equal(check(0, ENTRIES, &at), VAULT_CHAIN_GOOD);
            assert_int_equal(at, i + 1);
            *byte ^= (uint8_t)(1u << (bit % 8));
        }
    }
}

static void entries_that_are_not_there(void **state)
{
    struct credvault_audit_entry kept = entries[7];
    uint64_t at;

    (void)state;
    assert_int_equal(check(1, ENTRIES - 1, &at), VAULT_CHAIN_MISSING);
    assert_int_equal(at, 1);
    assert_int_equal(check(0, ENTRIES - 1, &at), VAULT_CHAIN_MISSING);
    assert_int_equal(at, ENTRIES);
    assert_int_equal(check(0, 0, &at), VAULT_CHAIN_MISSING);
    entries[7] = entries[8];
    assert_int_equal(check(0, ENTRIES, &at), VAULT_CHAIN_MISSING);
    assert_int_equal(at, 8);
    entries[7] = kept;
}

/* Numbers and chain made to fit again: what the vault signed is still another end. */
static void a_log_of_somebody_else(void **state)
{
    struct credvault_audit kept = audit;
    uint64_t at;

    (void)state;
    audit.next++;
    assert_int_equal(check(0, ENTRIES, &at), VAULT_CHAIN_SIGNATURE);
    audit = kept;
    audit.head[0] ^= 1;
    assert_int_equal(check(0, ENTRIES, &at), VAULT_CHAIN_SIGNATURE);
    audit = kept;
    audit.signature[0] ^= 1;
    assert_int_equal(check(0, ENTRIES, &at), VAULT_CHAIN_SIGNATURE);
    audit = kept;
    public_key[5] ^= 1;
    assert_int_equal(check(0, ENTRIES, &at), VAULT_CHAIN_SIGNATURE);
    public_key[5] ^= 1;
}

static void a_page_that_is_missing(void **state)
{
    struct vault_chain chain;

    (void)state;
    vault_chain_begin(&chain);
    vault_chain_add(&chain, &entries[0]);
    vault_chain_missing(&chain);
    vault_chain_add(&chain, &entries[1]); /* too late */
    assert_int_equal(vault_chain_end(&chain, &audit, challenge, public_key), VAULT_CHAIN_MISSING);
    assert_int_equal(chain.fault_at, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_log),
        cmocka_unit_test(every_bit_of_every_entry),
        cmocka_unit_test(entries_that_are_not_there),
        cmocka_unit_test(a_log_of_somebody_else),
        cmocka_unit_test(a_page_that_is_missing),
    };

    return cmocka_run_group_tests(tests, make, NULL);
}
