/* The vault's commands about itself and its credentials, and what each refuses. */
#include "vault.h"

static void a_new_vault_is_open_and_empty(void **state)
{
    struct credvault_info info = vault_info();
    const uint32_t above = 0;

    (void)state;
    assert_int_equal(info.reason, CREDVAULT_REASON_NONE);
    assert_int_equal(info.security_version, trustlet_manifest()->security_version);
    assert_int_equal(info.root, IUM_ROOT_RANDOM);
    assert_int_equal(info.lasting, 1);
    assert_int_equal(info.generation, 0);
    assert_int_equal(info.credentials, 0);
    assert_int_equal(info.audit_next, 1);
    assert_int_equal(vtl0.writes, 0);
    assert_int_equal(vault_call(CREDVAULT_LIST, &above, sizeof(above)), CREDVAULT_SUCCESS);
    assert_int_equal(reply_size, 0);
}

static void a_credential_is_added_used_and_lasts(void **state)
{
    uint8_t tag[32];
    uint32_t credential = add_hmac(NULL, NULL);
    struct credvault_entry entry;

    (void)state;
    assert_int_equal(credential, 1);
    assert_int_equal(use_hmac(credential), CREDVAULT_SUCCESS);
    assert_int_equal(reply_size, sizeof(tag));
    memcpy(tag, reply, sizeof(tag));
    vault_reboot();
    assert_open();
    assert_int_equal(use_hmac(credential), CREDVAULT_SUCCESS);
    assert_memory_equal(reply, tag, sizeof(tag));
    assert_true(entry_of(credential, &entry));
    assert_int_equal(entry.uses, 2);
    assert_int_equal(entry.type, CREDVAULT_SYMMETRIC);
    assert_int_equal(entry.label_size, 5);
    assert_memory_equal(entry.label, "label", 5);
    assert_int_equal(entry.public_key_size, 0);
    assert_int_equal(entry.state, 0);
    assert_int_equal(vault_info().credentials, 1);
}

static void a_hotp_counter_counts_over_reboots(void **state)
{
    uint32_t credential = add_hotp();
    uint64_t counter = 0;

    (void)state;
    for (uint64_t expected = 7; expected < 12; expected++) {
        assert_int_equal(use_hotp(credential, &counter), CREDVAULT_SUCCESS);
        assert_int_equal(counter, expected);
        vault_reboot();
    }
}

static void a_password_answers(void **state)
{
    uint32_t credential = add_password();

    (void)state;
    assert_int_equal(use_hmac(credential), CREDVAULT_SUCCESS);
    assert_int_equal(uses_of(credential), 1);
}

static void key_pairs_tell_their_public_key(void **state)
{
    static const struct {
        uint32_t type, size;
    } pairs[] = { { CREDVAULT_P256, 65 }, { CREDVAULT_P384, 97 }, { CREDVAULT_ED25519, 32 } };
    struct credvault_added answer;
    uint8_t public_key[CREDVAULT_MAX_PUBLIC];

    (void)state;
    for (uint32_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        const struct new_parts parts = { .header = { .type = pairs[i].type, .policy.operations = CREDVAULT_ALLOW_SIGN } };

        assert_int_equal(new_call(CREDVAULT_GENERATE, &parts), CREDVAULT_SUCCESS);
        memcpy(&answer, reply, sizeof(answer));
        assert_int_equal(answer.public_key_size, pairs[i].size);
        assert_int_equal(reply_size, sizeof(answer) + pairs[i].size);
        memcpy(public_key, reply + sizeof(answer), pairs[i].size);
        assert_int_equal(vault_call(CREDVAULT_PUBLIC_KEY, &answer.credential, 4), CREDVAULT_SUCCESS);
        assert_int_equal(reply_size, pairs[i].size);
        assert_memory_equal(reply, public_key, pairs[i].size);
    }
}

static void public_keys_that_are_not_there(void **state)
{
    uint32_t credential = add_hmac(NULL, NULL), other = 99;
    const struct new_parts parts = { .header = { .type = CREDVAULT_ED25519, .policy.operations = CREDVAULT_ALLOW_SIGN } };
    uint32_t pair = 2;

    (void)state;
    assert_int_equal(vault_call(CREDVAULT_PUBLIC_KEY, &credential, 4), CREDVAULT_WRONG_TYPE);
    assert_int_equal(vault_call(CREDVAULT_PUBLIC_KEY, &other, 4), CREDVAULT_NO_SUCH_CREDENTIAL);
    other = 0;
    assert_int_equal(vault_call(CREDVAULT_PUBLIC_KEY, &other, 4), CREDVAULT_NO_SUCH_CREDENTIAL);
    assert_int_equal(new_call(CREDVAULT_GENERATE, &parts), CREDVAULT_SUCCESS);
    store_remove(store_name_of_credential(pair));
    assert_int_equal(vault_call(CREDVAULT_PUBLIC_KEY, &pair, 4), CREDVAULT_STORAGE_FAILED);
}

static void a_removed_credential_is_gone(void **state)
{
    uint32_t first = add_hmac(NULL, NULL), second = add_hmac(NULL, NULL);
    struct store_blob blob = *store_get(store_name_of_credential(first));

    (void)state;
    assert_int_equal(remove_credential(first), CREDVAULT_SUCCESS);
    assert_null(store_find(blob.name));
    store_put(&blob);
    assert_int_equal(use_hmac(first), CREDVAULT_NO_SUCH_CREDENTIAL);
    assert_int_equal(remove_credential(first), CREDVAULT_NO_SUCH_CREDENTIAL);
    assert_int_equal(use_hmac(second), CREDVAULT_SUCCESS);
    vault_reboot();
    assert_int_equal(use_hmac(first), CREDVAULT_NO_SUCH_CREDENTIAL);
    assert_int_equal(add_hmac(NULL, NULL), 3);
    vtl0.refuse_deletes = true;
    assert_int_equal(remove_credential(second), CREDVAULT_SUCCESS);
}

static void the_vault_is_full_at_its_limit(void **state)
{
    const struct new_parts parts = {
        .header = { .type = CREDVAULT_SYMMETRIC, .policy.operations = CREDVAULT_ALLOW_HMAC },
        .secret = test_key,
        .secret_size = 32,
    };

    (void)state;
    for (uint32_t i = 1; i <= CREDVAULT_CREDENTIALS; i++) {
        assert_int_equal(add_hmac(NULL, NULL), i);
    }
    assert_int_equal(new_call(CREDVAULT_ADD, &parts), CREDVAULT_FULL);
    assert_int_equal(remove_credential(5), CREDVAULT_SUCCESS);
    assert_int_equal(add_hmac(NULL, NULL), CREDVAULT_CREDENTIALS + 1);
    vault_reboot();
    assert_int_equal(vault_info().credentials, CREDVAULT_CREDENTIALS);
}

/* LIST goes on where the last one ended, and says what it knows when VTL0 keeps a blob back. */
static void the_list(void **state)
{
    uint32_t above = 0, seen = 0;
    struct credvault_entry entry;

    (void)state;
    for (uint32_t i = 0; i < CREDVAULT_CREDENTIALS; i++) {
        add_hmac(NULL, NULL);
    }
    do {
        assert_int_equal(vault_call(CREDVAULT_LIST, &above, sizeof(above)), CREDVAULT_SUCCESS);
        assert_int_equal(reply_size % sizeof(entry), 0);
        for (uint32_t at = 0; at < reply_size; at += sizeof(entry)) {
            memcpy(&entry, reply + at, sizeof(entry));
            assert_int_equal(entry.credential, above + 1);
            assert_int_equal(entry.label_size, 5);
            above = entry.credential;
            seen++;
        }
    } while (reply_size != 0);
    assert_int_equal(seen, CREDVAULT_CREDENTIALS);
    store_remove(store_name_of_credential(9));
    assert_true(entry_of(9, &entry));
    assert_int_equal(entry.label_size, 0);
    assert_int_equal(entry.policy.operations, CREDVAULT_ALLOW_HMAC);
}

static void weak_commands_are_refused_whatever_comes(void **state)
{
    static const uint32_t weak[] = { CREDVAULT_NTLMV1, CREDVAULT_MSCHAPV2, CREDVAULT_RSA_RAW };
    static const uint8_t input[TRUSTLET_MAX_INPUT];

    (void)state;
    for (uint32_t i = 0; i < sizeof(weak) / sizeof(weak[0]); i++) {
        for (uint32_t size = 0; size <= sizeof(input); size += 67) {
            assert_int_equal(vault_call(weak[i], input, size), CREDVAULT_WEAK);
        }
    }
    vtl0.refuse_reads = true;
    vault_reboot();
    assert_int_equal(vault_call(CREDVAULT_NTLMV1, NULL, 0), CREDVAULT_WEAK);
}

static void unknown_commands(void **state)
{
    static const uint32_t unknown[] = { 0, 6, 15, 23, 31, 38, 39, 43, 51, 63, 67, 256, UINT32_MAX };

    (void)state;
    for (uint32_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        assert_int_equal(vault_call(unknown[i], test_key, 32), CREDVAULT_UNKNOWN_COMMAND);
    }
}

static void reset_empties_the_vault(void **state)
{
    uint32_t word = CREDVAULT_RESET_WORD + 1, credential = add_hmac(NULL, NULL);

    (void)state;
    assert_int_equal(vault_call(CREDVAULT_RESET, &word, sizeof(word)), CREDVAULT_BAD_REQUEST);
    assert_int_equal(use_hmac(credential), CREDVAULT_SUCCESS);
    for (uint32_t round = 0; round < 4; round++) {
        assert_int_equal(reset_vault(), CREDVAULT_SUCCESS);
        assert_int_equal(vault_info().credentials, 0);
        assert_int_equal(vault_info().audit_next, 2);
        assert_in_range(vault_info().generation, 1, 2);
        assert_int_equal(use_hmac(credential), CREDVAULT_NO_SUCH_CREDENTIAL);
        vault_reboot();
        assert_open();
        assert_int_equal(add_hmac(NULL, NULL), 1);
        if (round % 2 != 0) {
            assert_int_equal(use_hmac(1), CREDVAULT_SUCCESS);
        }
    }
}

/* VTL0 that does not keep what it is asked to keep: nothing has changed, and later it works. */
static void storage_that_refuses(void **state)
{
    const struct new_parts parts = {
        .header = { .type = CREDVAULT_SYMMETRIC, .policy.operations = CREDVAULT_ALLOW_HMAC },
        .secret = test_key,
        .secret_size = 32,
    };
    uint32_t credential;

    (void)state;
    vtl0.refuse_writes = 1;
    assert_int_equal(new_call(CREDVAULT_ADD, &parts), CREDVAULT_STORAGE_FAILED);
    assert_int_equal(vault_info().generation, 0);
    credential = add_hmac(NULL, NULL);
    vtl0.refuse_writes = 1;
    assert_int_equal(use_hmac(credential), CREDVAULT_STORAGE_FAILED);
    assert_int_equal(uses_of(credential), 0);
    vtl0.refuse_writes = 1;
    assert_int_equal(remove_credential(credential), CREDVAULT_STORAGE_FAILED);
    vtl0.refuse_writes = 1;
    assert_int_equal(reset_vault(), CREDVAULT_STORAGE_FAILED);
    assert_int_equal(use_hmac(credential), CREDVAULT_SUCCESS);
    vtl0.refuse_reads = true;
    assert_int_equal(use_hmac(credential), CREDVAULT_STORAGE_FAILED);
    vtl0.refuse_reads = false;
    assert_int_equal(uses_of(credential), 1);
    vault_reboot();
    assert_int_equal(use_hmac(credential), CREDVAULT_SUCCESS);
}

/* Nobody at all answers: a new vault is open, and keeps nothing. */
static void nobody_answers(void **state)
{
    const struct new_parts parts = {
        .header = { .type = CREDVAULT_SYMMETRIC, .policy.operations = CREDVAULT_ALLOW_HMAC },
        .secret = test_key,
        .secret_size = 32,
    };

    (void)state;
    trustlet_vtl0(NULL);
    vault_reboot();
    assert_open();
    assert_int_equal(new_call(CREDVAULT_ADD, &parts), CREDVAULT_STORAGE_FAILED);
}

static void wraps_and_imports(void **state)
{
    const struct new_parts exportable = {
        .header = { .type = CREDVAULT_SYMMETRIC, .policy.operations = CREDVAULT_ALLOW_HMAC | CREDVAULT_ALLOW_EXPORT },
        .secret = test_key,
        .secret_size = 32,
    };
    uint32_t wrapper = add_wrapper(CREDVAULT_ALLOW_WRAP | CREDVAULT_ALLOW_UNWRAP, test_key), plain = add_hmac(NULL, NULL);
    struct credvault_wrap wrap = { .credential = wrapper, .target = plain };
    struct new_parts import = exportable;
    uint8_t wrapped[64], tag[32];

    (void)state;
    assert_int_equal(vault_call(CREDVAULT_WRAP, &wrap, sizeof(wrap)), CREDVAULT_NOT_ALLOWED);
    assert_int_equal(new_call(CREDVAULT_ADD, &exportable), CREDVAULT_SUCCESS);
    wrap.target = 3;
    assert_int_equal(vault_call(CREDVAULT_WRAP, &wrap, sizeof(wrap)), CREDVAULT_CONFIRM_REQUIRED);
    assert_int_equal(vault_call(CREDVAULT_WRAP, &wrap, sizeof(wrap)), CREDVAULT_CONFIRM_REQUIRED);
    assert_int_equal(uses_of(3), 0);
    assert_int_equal(vault_agreed(CREDVAULT_WRAP, &wrap, sizeof(wrap)), CREDVAULT_SUCCESS);
    assert_int_equal(reply_size, 40);
    memcpy(wrapped, reply, reply_size);
    assert_int_equal(uses_of(wrapper), 1);
    assert_int_equal(uses_of(3), 1);
    import.header.wrapped_by = wrapper;
    import.secret = wrapped;
    import.secret_size = 40;
    assert_int_equal(new_call(CREDVAULT_IMPORT, &import), CREDVAULT_SUCCESS);
    assert_int_equal(uses_of(wrapper), 2);
    assert_int_equal(use_hmac(plain), CREDVAULT_SUCCESS);
    memcpy(tag, reply, sizeof(tag));
    assert_int_equal(use_hmac(4), CREDVAULT_SUCCESS);
    assert_memory_equal(reply, tag, sizeof(tag));
    wrapped[17] ^= 1;
    assert_int_equal(new_call(CREDVAULT_IMPORT, &import), CREDVAULT_REFUSED);
    assert_int_equal(uses_of(wrapper), 3);
    import.header.wrapped_by = plain;
    assert_int_equal(new_call(CREDVAULT_IMPORT, &import), CREDVAULT_NOT_ALLOWED);
    wrap.target = wrapper;
    assert_int_equal(vault_call(CREDVAULT_WRAP, &wrap, sizeof(wrap)), CREDVAULT_BAD_REQUEST);
}

static void sessions_run_out(void **state)
{
    uint64_t more[8];

    (void)state;
    for (uint32_t i = 0; i < 7; i++) {
        more[i] = trustlet_open();
        assert_int_not_equal(more[i], 0);
    }
    assert_int_equal(trustlet_open(), 0);
    trustlet_close(more[3]);
    assert_int_not_equal(trustlet_open(), 0);
}

#define VAULT_TEST(function) cmocka_unit_test_setup_teardown(function, vault_setup, vault_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        VAULT_TEST(a_new_vault_is_open_and_empty),
        VAULT_TEST(a_credential_is_added_used_and_lasts),
        VAULT_TEST(a_hotp_counter_counts_over_reboots),
        VAULT_TEST(a_password_answers),
        VAULT_TEST(key_pairs_tell_their_public_key),
        VAULT_TEST(public_keys_that_are_not_there),
        VAULT_TEST(a_removed_credential_is_gone),
        VAULT_TEST(the_vault_is_full_at_its_limit),
        VAULT_TEST(the_list),
        VAULT_TEST(weak_commands_are_refused_whatever_comes),
        VAULT_TEST(unknown_commands),
        VAULT_TEST(reset_empties_the_vault),
        VAULT_TEST(storage_that_refuses),
        VAULT_TEST(nobody_answers),
        VAULT_TEST(wraps_and_imports),
        VAULT_TEST(sessions_run_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
