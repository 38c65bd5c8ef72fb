/* Everything VTL0 may bring instead of the right blob: refused, each for its reason, and afterwards the right one works. */
#include "vault.h"

static struct store_blob keep[4];

/* The state that is newest, and the one before. */
static const char *newest_state(void)
{
    return vault_info().generation % 2 == 0 ? "state-0" : "state-1";
}

static const char *older_state(void)
{
    return vault_info().generation % 2 == 0 ? "state-1" : "state-0";
}

/* A credential, and its blob in keep[0]. */
static uint32_t added_and_kept(void)
{
    uint32_t credential = add_hmac(NULL, NULL);

    keep[0] = *store_get(store_name_of_credential(credential));
    return credential;
}

static void works_again(uint32_t credential)
{
    store_put(&keep[0]);
    assert_int_equal(use_hmac(credential), CREDVAULT_SUCCESS);
}

static void a_credential_cut_at_every_length(void **state)
{
    uint32_t credential = added_and_kept();
    struct store_blob blob = keep[0];

    (void)state;
    for (blob.size = 0; blob.size < keep[0].size; blob.size++) {
        store_put(&blob);
        assert_int_equal(use_hmac(credential), CREDVAULT_BLOB_REFUSED);
    }
    blob.size = keep[0].size + 1;
    store_put(&blob);
    assert_int_equal(use_hmac(credential), CREDVAULT_BLOB_REFUSED);
    works_again(credential);
    assert_int_equal(uses_of(credential), 1);
}

static void a_credential_with_every_bit_flipped(void **state)
{
    uint32_t credential = added_and_kept();

    (void)state;
    for (uint32_t bit = 0; bit < keep[0].size * 8; bit++) {
        struct store_blob blob = keep[0];

        blob.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        store_put(&blob);
        assert_int_equal(use_hmac(credential), CREDVAULT_BLOB_REFUSED);
    }
    works_again(credential);
}

static void two_credentials_swapped(void **state)
{
    uint32_t first = added_and_kept(), second = add_hmac(NULL, NULL);
    struct store_blob other = *store_get(store_name_of_credential(second)), swapped[2] = { keep[0], other };

    (void)state;
    memcpy(swapped[0].name, other.name, sizeof(other.name));
    memcpy(swapped[1].name, keep[0].name, sizeof(other.name));
    store_put(&swapped[0]);
    store_put(&swapped[1]);
    assert_int_equal(use_hmac(first), CREDVAULT_BLOB_REFUSED);
    assert_int_equal(use_hmac(second), CREDVAULT_BLOB_REFUSED);
    store_put(&other);
    works_again(first);
    assert_int_equal(use_hmac(second), CREDVAULT_SUCCESS);
}

/* The same number and the same generation, sealed before a RESET: authentic, and not the one. */
static void a_credential_from_before_a_reset(void **state)
{
    uint32_t credential;
    struct store_blob old;

    (void)state;
    add_hmac(NULL, NULL);
    assert_int_equal(reset_vault(), CREDVAULT_SUCCESS);
    credential = added_and_kept();
    old = keep[0];
    for (uint32_t round = 0; round < 2; round++) {
        assert_int_equal(reset_vault(), CREDVAULT_SUCCESS);
        credential = added_and_kept();
    }
    assert_string_equal(old.name, keep[0].name);
    store_put(&old);
    assert_int_equal(use_hmac(credential), CREDVAULT_BLOB_REFUSED);
    works_again(credential);
}

static void another_trustlet_s_credential(void **state)
{
    static const uint8_t other[16] = { 1 };
    uint32_t credential = added_and_kept();
    struct store_blob foreign;
    struct vtl0 mine = vtl0;
    struct ium_freshness remembered = trustlet_fresh_now();
    static const struct ium_freshness nothing = { .state = IUM_FRESHNESS_NONE, .lasting = 1 };

    (void)state;
    memset(&vtl0, 0, sizeof(vtl0));
    trustlet_fresh(&nothing);
    trustlet_pretend(other, 1);
    vault_reboot();
    assert_int_equal(add_hmac(NULL, NULL), credential);
    foreign = *store_get(keep[0].name);
    vtl0 = mine;
    trustlet_fresh(&remembered);
    trustlet_pretend(NULL, 0);
    vault_reboot();
    store_put(&foreign);
    assert_int_equal(use_hmac(credential), CREDVAULT_BLOB_REFUSED);
    works_again(credential);
}

/* State blobs: the vault closes with that reason, and opens again with the right one, without a reboot. */
static void closes_and_opens(const struct store_blob *wrong, enum credvault_reason reason)
{
    store_put(wrong);
    vault_reboot();
    assert_closed(reason);
    store_put(&keep[1]);
    assert_open();
}

static void keep_states(void)
{
    add_hmac(NULL, NULL);
    keep[1] = *store_get(newest_state());
    keep[2] = *store_get(older_state());
    store_remove(keep[2].name);
}

static void a_state_cut_at_every_length(void **state)
{
    struct store_blob blob;

    (void)state;
    keep_states();
    blob = keep[1];
    for (blob.size = 0; blob.size < keep[1].size; blob.size += blob.size < 256 ? 1 : 7) {
        closes_and_opens(&blob, CREDVAULT_STATE_DAMAGED);
    }
    assert_int_equal(use_hmac(1), CREDVAULT_SUCCESS);
}

/* Where a header's field is, that says why: a blob is believed as little as its header, but the words help. */
static enum credvault_reason expected(uint32_t byte)
{
    if (byte >= offsetof(struct sealed_blob_header, security_version) && byte < offsetof(struct sealed_blob_header, number)) {
        return CREDVAULT_OTHER_VERSION;
    }
    if (byte >= offsetof(struct sealed_blob_header, root_id) && byte < offsetof(struct sealed_blob_header, pcrs)) {
        return CREDVAULT_OTHER_ROOT;
    }
    return CREDVAULT_STATE_DAMAGED;
}

static void a_state_with_every_bit_flipped(void **state)
{
    (void)state;
    keep_states();
    for (uint32_t bit = 0; bit < keep[1].size * 8; bit += bit < 8 * 256 ? 1 : 13) {
        struct store_blob blob = keep[1];

        blob.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        store_put(&blob);
        vault_reboot();
        assert_closed(expected(bit / 8));
        store_put(&keep[1]);
        assert_open();
    }
    assert_int_equal(use_hmac(1), CREDVAULT_SUCCESS);
}

static void an_old_state(void **state)
{
    (void)state;
    keep_states();
    store_remove(keep[1].name);
    store_put(&keep[2]);
    vault_reboot();
    assert_closed(CREDVAULT_OLD_STATE);
    store_put(&keep[1]);
    assert_open();
    assert_int_equal(use_hmac(1), CREDVAULT_SUCCESS);
}

static void swapped_states(void **state)
{
    struct store_blob a, b;

    (void)state;
    add_hmac(NULL, NULL);
    a = *store_get("state-0");
    b = *store_get("state-1");
    memcpy(a.name, "state-1", 8);
    memcpy(b.name, "state-0", 8);
    store_put(&a);
    store_put(&b);
    vault_reboot();
    assert_closed(CREDVAULT_STATE_DAMAGED);
    memcpy(a.name, "state-0", 8);
    memcpy(b.name, "state-1", 8);
    store_put(&a);
    store_put(&b);
    assert_open();
    assert_int_equal(use_hmac(1), CREDVAULT_SUCCESS);
}

static void a_missing_state(void **state)
{
    (void)state;
    keep_states();
    store_remove(keep[1].name);
    vault_reboot();
    assert_closed(CREDVAULT_STATE_MISSING);
    vtl0.refuse_reads = true;
    assert_closed(CREDVAULT_STATE_MISSING);
    vtl0.refuse_reads = false;
    store_put(&keep[1]);
    assert_open();
    assert_int_equal(use_hmac(1), CREDVAULT_SUCCESS);
}

static void another_version(void **state)
{
    static const uint8_t mine[16] = CREDVAULT_IDENTITY;

    (void)state;
    keep_states();
    trustlet_pretend(mine, trustlet_manifest()->security_version + 1);
    vault_reboot();
    assert_closed(CREDVAULT_OTHER_VERSION);
    trustlet_pretend(NULL, 0);
    vault_reboot();
    assert_open();
    assert_int_equal(use_hmac(1), CREDVAULT_SUCCESS);
}

static void another_identity(void **state)
{
    static const uint8_t other[16] = { 1 };

    (void)state;
    keep_states();
    trustlet_pretend(other, trustlet_manifest()->security_version);
    vault_reboot();
    assert_closed(CREDVAULT_STATE_DAMAGED);
    trustlet_pretend(NULL, 0);
    vault_reboot();
    assert_open();
}

static struct ium_platform measured(uint8_t code, uint8_t choices, uint8_t trustlets)
{
    struct ium_platform platform = { .root = IUM_ROOT_TPM };

    memset(platform.pcr_code, code, sizeof(platform.pcr_code));
    memset(platform.pcr_choices, choices, sizeof(platform.pcr_choices));
    memset(platform.pcr_trustlets, trustlets, sizeof(platform.pcr_trustlets));
    return platform;
}

/* A machine that was measured otherwise says what it was that changed, whatever becomes of the record. */
static void other_measurements(void **state)
{
    static const struct {
        uint8_t code, choices, trustlets;
        enum credvault_reason reason;
    } changes[] = {
        { 9, 2, 3, CREDVAULT_OTHER_CODE },
        { 1, 9, 3, CREDVAULT_OTHER_OWNER },
        { 1, 2, 9, CREDVAULT_OTHER_TRUSTLETS },
        { 9, 9, 9, CREDVAULT_OTHER_CODE },
        { 1, 9, 9, CREDVAULT_OTHER_OWNER },
    };
    struct ium_platform platform = measured(1, 2, 3);
    struct ium_freshness remembered, foreign = { .state = IUM_FRESHNESS_FOREIGN, .lasting = 1 };

    (void)state;
    trustlet_platform(&platform);
    vault_reboot();
    keep_states();
    assert_int_equal(vault_info().root, IUM_ROOT_TPM);
    remembered = trustlet_fresh_now();
    for (uint32_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        platform = measured(changes[i].code, changes[i].choices, changes[i].trustlets);
        trustlet_platform(&platform);
        trustlet_fresh(i % 2 == 0 ? &foreign : &remembered);
        vault_reboot();
        assert_closed(changes[i].reason);
    }
    platform = measured(1, 2, 3);
    trustlet_platform(&platform);
    trustlet_fresh(&remembered);
    vault_reboot();
    assert_open();
    assert_int_equal(use_hmac(1), CREDVAULT_SUCCESS);
}

static void without_a_tpm_afterwards(void **state)
{
    struct ium_platform platform = measured(1, 2, 3);
    struct store_blob blob;

    (void)state;
    trustlet_platform(&platform);
    vault_reboot();
    keep_states();
    blob = keep[1];
    blob.data[offsetof(struct sealed_blob_header, root_id)] ^= 1; /* as another root would have it */
    store_put(&blob);
    trustlet_platform(NULL);
    vault_reboot();
    assert_closed(CREDVAULT_OTHER_ROOT);
    trustlet_platform(&platform);
    vault_reboot();
    assert_closed(CREDVAULT_OTHER_ROOT);
    store_put(&keep[1]);
    assert_open();
}

static void a_record_that_is_lost(void **state)
{
    static const struct ium_freshness nothing = { .state = IUM_FRESHNESS_NONE, .lasting = 1 };
    struct ium_freshness remembered;

    (void)state;
    keep_states();
    remembered = trustlet_fresh_now();
    trustlet_fresh(&nothing);
    vault_reboot();
    assert_closed(CREDVAULT_RECORD_LOST);
    trustlet_fresh(&remembered);
    vault_reboot();
    assert_open();
    trustlet_fresh(&nothing);
    store_remove(keep[1].name);
    vault_reboot();
    assert_open();
    assert_int_equal(vault_info().credentials, 0);
}

static void a_record_in_trouble(void **state)
{
    static const struct {
        enum ium_freshness_state state;
        enum credvault_reason reason;
    } troubles[] = {
        { IUM_FRESHNESS_FOREIGN, CREDVAULT_RECORD_FOREIGN },
        { IUM_FRESHNESS_ROLLED_BACK, CREDVAULT_RECORD_ROLLED_BACK },
    };

    (void)state;
    for (uint32_t i = 0; i < 2; i++) {
        const struct ium_freshness trouble = { .state = troubles[i].state, .lasting = 1 };
        struct ium_freshness remembered;

        keep_states();
        remembered = trustlet_fresh_now();
        trustlet_fresh(&trouble);
        vault_reboot();
        assert_closed(troubles[i].reason);
        assert_int_equal(reset_vault(), CREDVAULT_SUCCESS);
        assert_open();
        assert_int_equal(add_hmac(NULL, NULL), 1);
        assert_int_equal(trustlet_fresh_now().state, IUM_FRESHNESS_SET);
        assert_int_not_equal(trustlet_fresh_now().generation, remembered.generation);
        vault_reboot();
        assert_open();
    }
}

/* A TPM that does not answer, then does: the vault opens without a reboot. */
static void a_record_that_cannot_be_read(void **state)
{
    (void)state;
    keep_states();
    trustlet_fresh_fault(IUM_SYSCALL_GET_FRESHNESS, 0, TRUSTLET_FAULT_DEAD);
    vault_reboot();
    assert_closed(CREDVAULT_RECORD_FAILED);
    assert_int_equal(reset_vault(), CREDVAULT_FRESHNESS_FAILED);
    trustlet_fresh_fault(IUM_SYSCALL_GET_FRESHNESS, 0, TRUSTLET_FAULT_NONE);
    assert_open();
    assert_int_equal(use_hmac(1), CREDVAULT_SUCCESS);
}

/* Whatever closed it: RESET is the way out. */
static void reset_from_every_reason(void **state)
{
    static const enum credvault_reason reasons[] = { CREDVAULT_OLD_STATE, CREDVAULT_STATE_MISSING, CREDVAULT_STATE_DAMAGED };

    (void)state;
    for (uint32_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        keep_states();
        store_remove(keep[1].name);
        if (reasons[i] == CREDVAULT_OLD_STATE) {
            store_put(&keep[2]);
        } else if (reasons[i] == CREDVAULT_STATE_DAMAGED) {
            keep[1].size = 3;
            store_put(&keep[1]);
        }
        vault_reboot();
        assert_closed(reasons[i]);
        assert_int_equal(reset_vault(), CREDVAULT_SUCCESS);
        assert_int_equal(vault_info().credentials, 0);
        vault_reboot();
        assert_open();
    }
}

#define VAULT_TEST(function) cmocka_unit_test_setup_teardown(function, vault_setup, vault_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        VAULT_TEST(a_credential_cut_at_every_length),
        VAULT_TEST(a_credential_with_every_bit_flipped),
        VAULT_TEST(two_credentials_swapped),
        VAULT_TEST(a_credential_from_before_a_reset),
        VAULT_TEST(another_trustlet_s_credential),
        VAULT_TEST(a_state_cut_at_every_length),
        VAULT_TEST(a_state_with_every_bit_flipped),
        VAULT_TEST(an_old_state),
        VAULT_TEST(swapped_states),
        VAULT_TEST(a_missing_state),
        VAULT_TEST(another_version),
        VAULT_TEST(another_identity),
        VAULT_TEST(other_measurements),
        VAULT_TEST(without_a_tpm_afterwards),
        VAULT_TEST(a_record_that_is_lost),
        VAULT_TEST(a_record_in_trouble),
        VAULT_TEST(a_record_that_cannot_be_read),
        VAULT_TEST(reset_from_every_reason),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
