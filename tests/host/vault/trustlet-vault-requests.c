/* Requests that make or change a credential: what may be said, and everything that may not. */
#include "vault.h"

static const struct new_parts good_hmac = {
    .header = { .type = CREDVAULT_SYMMETRIC, .policy.operations = CREDVAULT_ALLOW_HMAC },
    .secret = test_key,
    .secret_size = 32,
};

static void refused(uint32_t command, const struct new_parts *parts, enum credvault_status status)
{
    uint32_t writes = vtl0.writes;

    assert_int_equal(new_call(command, parts), status);
    assert_int_equal(vtl0.writes, writes);
}

static void sizes_have_to_add_up(void **state)
{
    uint8_t request[512];
    uint32_t size = new_build(&good_hmac, request);

    (void)state;
    for (uint32_t cut = 0; cut < size; cut++) {
        assert_int_equal(vault_call(CREDVAULT_ADD, request, cut), CREDVAULT_BAD_REQUEST);
    }
    request[size] = 0;
    assert_int_equal(vault_call(CREDVAULT_ADD, request, size + 1), CREDVAULT_BAD_REQUEST);
    assert_int_equal(vault_call(CREDVAULT_ADD, request, size), CREDVAULT_SUCCESS);
}

/* Every field of the header but the sizes, with a bit too many. */
static void fields_out_of_range(void **state)
{
    struct new_parts parts = good_hmac;

    (void)state;
    parts.header.reserved = 1;
    refused(CREDVAULT_ADD, &parts, CREDVAULT_BAD_REQUEST);
    parts = good_hmac;
    parts.header.policy.reserved = 1;
    refused(CREDVAULT_ADD, &parts, CREDVAULT_BAD_REQUEST);
    parts = good_hmac;
    parts.header.policy.flags = 4;
    refused(CREDVAULT_ADD, &parts, CREDVAULT_BAD_REQUEST);
    parts = good_hmac;
    parts.header.policy.operations |= 1u << 10;
    refused(CREDVAULT_ADD, &parts, CREDVAULT_BAD_REQUEST);
    parts = good_hmac;
    parts.header.policy.rate_uses = 1;
    refused(CREDVAULT_ADD, &parts, CREDVAULT_BAD_REQUEST);
    parts = good_hmac;
    parts.header.policy.rate_seconds = 1;
    refused(CREDVAULT_ADD, &parts, CREDVAULT_BAD_REQUEST);
    parts = good_hmac;
    parts.header.wrapped_by = 1;
    refused(CREDVAULT_ADD, &parts, CREDVAULT_BAD_REQUEST);
    parts = good_hmac;
    parts.header.wrapping = 1;
    refused(CREDVAULT_ADD, &parts, CREDVAULT_BAD_REQUEST);
    parts = good_hmac;
    parts.header.symmetric.size = 32;
    refused(CREDVAULT_ADD, &parts, CREDVAULT_BAD_REQUEST);
    parts = good_hmac;
    parts.header.type = CREDVAULT_TYPE_COUNT;
    refused(CREDVAULT_ADD, &parts, CREDVAULT_WRONG_TYPE);
    parts.header.type = 0;
    refused(CREDVAULT_ADD, &parts, CREDVAULT_WRONG_TYPE);
}

static void labels_and_pins(void **state)
{
    static const char long_label[] = "0123456789012345678901234567890123456789012345678901234567890123x";
    struct new_parts parts = good_hmac;

    (void)state;
    parts.label = "";
    refused(CREDVAULT_ADD, &parts, CREDVAULT_BAD_REQUEST);
    parts.label = long_label;
    refused(CREDVAULT_ADD, &parts, CREDVAULT_BAD_REQUEST);
    parts.label = "\xc3";
    refused(CREDVAULT_ADD, &parts, CREDVAULT_BAD_REQUEST);
    parts = good_hmac;
    parts.pin = "2468";
    refused(CREDVAULT_ADD, &parts, CREDVAULT_BAD_REQUEST);
    parts.header.policy.flags = CREDVAULT_POLICY_PIN;
    refused(CREDVAULT_ADD, &parts, CREDVAULT_BAD_REQUEST);
    parts.header.policy.pin_tries = CREDVAULT_MAX_PIN_TRIES + 1;
    refused(CREDVAULT_ADD, &parts, CREDVAULT_BAD_REQUEST);
    parts.header.policy.pin_tries = CREDVAULT_MAX_PIN_TRIES;
    parts.pin = "246";
    refused(CREDVAULT_ADD, &parts, CREDVAULT_BAD_REQUEST);
    parts.pin = "012345678901234567890123456789012";
    refused(CREDVAULT_ADD, &parts, CREDVAULT_BAD_REQUEST);
    parts.pin = NULL;
    refused(CREDVAULT_ADD, &parts, CREDVAULT_BAD_REQUEST);
    parts.pin = "01234567890123456789012345678901";
    parts.label = long_label + 1;
    assert_int_equal(new_call(CREDVAULT_ADD, &parts), CREDVAULT_SUCCESS);
}

/* Each type with each single operation: what abi/credvault.h says it can do, and no more. */
static void what_a_type_can_do(void **state)
{
    static const uint32_t can[CREDVAULT_TYPE_COUNT] = {
        [CREDVAULT_SYMMETRIC] = CREDVAULT_ALLOW_HMAC | CREDVAULT_ALLOW_WRAP | CREDVAULT_ALLOW_UNWRAP,
        [CREDVAULT_P256] = CREDVAULT_ALLOW_SIGN | CREDVAULT_ALLOW_AGREE | CREDVAULT_ALLOW_EXPORT,
        [CREDVAULT_P384] = CREDVAULT_ALLOW_SIGN | CREDVAULT_ALLOW_AGREE | CREDVAULT_ALLOW_EXPORT,
        [CREDVAULT_ED25519] = CREDVAULT_ALLOW_SIGN | CREDVAULT_ALLOW_EXPORT,
    };
    uint32_t number = 0;

    (void)state;
    for (uint32_t type = CREDVAULT_SYMMETRIC; type <= CREDVAULT_ED25519; type++) {
        for (uint32_t bit = 0; bit < 10; bit++) {
            struct new_parts parts = { .header = { .type = type, .policy.operations = 1u << bit } };
            bool otp = type == CREDVAULT_SYMMETRIC && (bit == 3 || bit == 4); /* those need more than an operation */

            parts.header.symmetric.size = type == CREDVAULT_SYMMETRIC ? 32 : 0;
            assert_int_equal(new_call(CREDVAULT_GENERATE, &parts),
                             (can[type] & 1u << bit) != 0 ? CREDVAULT_SUCCESS : otp ? CREDVAULT_BAD_REQUEST : CREDVAULT_NOT_ALLOWED);
            number += (can[type] & 1u << bit) != 0;
        }
    }
    assert_int_equal(vault_info().credentials, number);
}

static void a_symmetric_key_has_one_purpose(void **state)
{
    static const uint32_t two[] = {
        CREDVAULT_ALLOW_HMAC | CREDVAULT_ALLOW_HOTP, CREDVAULT_ALLOW_HMAC | CREDVAULT_ALLOW_WRAP,
        CREDVAULT_ALLOW_HMAC | CREDVAULT_ALLOW_TOTP, CREDVAULT_ALLOW_HOTP | CREDVAULT_ALLOW_TOTP,
        CREDVAULT_ALLOW_TOTP | CREDVAULT_ALLOW_UNWRAP, CREDVAULT_ALLOW_EXPORT, 0,
    };
    struct new_parts parts = good_hmac;

    (void)state;
    for (uint32_t i = 0; i < sizeof(two) / sizeof(two[0]); i++) {
        parts.header.policy.operations = two[i];
        refused(CREDVAULT_ADD, &parts, CREDVAULT_NOT_ALLOWED);
    }
    parts.header.policy.operations = CREDVAULT_ALLOW_WRAP | CREDVAULT_ALLOW_UNWRAP | CREDVAULT_ALLOW_EXPORT;
    assert_int_equal(new_call(CREDVAULT_ADD, &parts), CREDVAULT_SUCCESS);
}

static void sizes_of_symmetric_keys(void **state)
{
    static const uint8_t key[80] = { 1 };
    struct new_parts parts = good_hmac;

    (void)state;
    parts.secret = key;
    for (parts.secret_size = 0; parts.secret_size <= sizeof(key); parts.secret_size++) {
        bool hmac = parts.secret_size >= 16 && parts.secret_size <= 64;
        bool wrap = parts.secret_size == 16 || parts.secret_size == 24 || parts.secret_size == 32;

        parts.header.policy.operations = CREDVAULT_ALLOW_HMAC;
        assert_int_equal(new_call(CREDVAULT_ADD, &parts), hmac ? CREDVAULT_SUCCESS : CREDVAULT_BAD_REQUEST);
        parts.header.policy.operations = CREDVAULT_ALLOW_WRAP;
        assert_int_equal(new_call(CREDVAULT_ADD, &parts), wrap ? CREDVAULT_SUCCESS : CREDVAULT_BAD_REQUEST);
        if (hmac) {
            assert_int_equal(reset_vault(), CREDVAULT_SUCCESS);
        }
    }
}

static void one_time_passwords_say_what_they_are(void **state)
{
    static const struct {
        uint32_t operation;
        struct credvault_symmetric symmetric;
        enum credvault_status status;
    } rows[] = {
        { CREDVAULT_ALLOW_HOTP, { .hash = 1, .digits = 6 }, CREDVAULT_SUCCESS },
        { CREDVAULT_ALLOW_HOTP, { .hash = 3, .digits = 8, .counter = 5 }, CREDVAULT_SUCCESS },
        { CREDVAULT_ALLOW_TOTP, { .hash = 2, .digits = 7, .step = 30 }, CREDVAULT_SUCCESS },
        { CREDVAULT_ALLOW_TOTP, { .hash = 2, .digits = 7, .step = 3600 }, CREDVAULT_SUCCESS },
        { CREDVAULT_ALLOW_HOTP, { .hash = 0, .digits = 6 }, CREDVAULT_BAD_REQUEST },
        { CREDVAULT_ALLOW_HOTP, { .hash = 4, .digits = 6 }, CREDVAULT_BAD_REQUEST },
        { CREDVAULT_ALLOW_HOTP, { .hash = 1, .digits = 5 }, CREDVAULT_BAD_REQUEST },
        { CREDVAULT_ALLOW_HOTP, { .hash = 1, .digits = 9 }, CREDVAULT_BAD_REQUEST },
        { CREDVAULT_ALLOW_HOTP, { .hash = 1, .digits = 6, .step = 30 }, CREDVAULT_BAD_REQUEST },
        { CREDVAULT_ALLOW_TOTP, { .hash = 1, .digits = 6 }, CREDVAULT_BAD_REQUEST },
        { CREDVAULT_ALLOW_TOTP, { .hash = 1, .digits = 6, .step = 3601 }, CREDVAULT_BAD_REQUEST },
        { CREDVAULT_ALLOW_TOTP, { .hash = 1, .digits = 6, .step = 30, .counter = 1 }, CREDVAULT_BAD_REQUEST },
        { CREDVAULT_ALLOW_HMAC, { .hash = 1 }, CREDVAULT_BAD_REQUEST },
        { CREDVAULT_ALLOW_HMAC, { .digits = 6 }, CREDVAULT_BAD_REQUEST },
        { CREDVAULT_ALLOW_HMAC, { .counter = 1 }, CREDVAULT_BAD_REQUEST },
    };
    struct new_parts parts = good_hmac;

    (void)state;
    for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        parts.header.policy.operations = rows[i].operation;
        parts.header.symmetric = rows[i].symmetric;
        assert_int_equal(new_call(CREDVAULT_ADD, &parts), rows[i].status);
    }
}

static void commands_and_their_types(void **state)
{
    struct new_parts pair = { .header = { .type = CREDVAULT_P256, .policy.operations = CREDVAULT_ALLOW_SIGN } };
    struct new_parts password = {
        .header = { .type = CREDVAULT_PASSWORD, .policy.operations = CREDVAULT_ALLOW_HMAC },
        .secret = test_key,
        .secret_size = 20,
    };
    uint8_t request[512], answer[16];
    struct trustlet_answer short_of_room;

    (void)state;
    refused(CREDVAULT_ADD, &pair, CREDVAULT_WRONG_TYPE);
    refused(CREDVAULT_GENERATE, &password, CREDVAULT_WRONG_TYPE);
    refused(CREDVAULT_IMPORT, &password, CREDVAULT_WRONG_TYPE);
    refused(CREDVAULT_ADD, &password, CREDVAULT_BAD_REQUEST); /* those bytes are no password */
    pair.secret = test_key;
    pair.secret_size = 1;
    refused(CREDVAULT_GENERATE, &pair, CREDVAULT_BAD_REQUEST);
    pair.secret_size = 0;
    short_of_room = trustlet_call(session, CREDVAULT_GENERATE, request, new_build(&pair, request), answer, sizeof(answer));
    assert_int_equal(status_of(short_of_room), CREDVAULT_BAD_REQUEST);
    assert_int_equal(vault_info().credentials, 0);
}

static void imports_that_are_none(void **state)
{
    struct new_parts import = good_hmac;
    uint32_t plain = add_hmac(NULL, NULL), wrapper = add_wrapper(CREDVAULT_ALLOW_UNWRAP, test_key);

    (void)state;
    import.secret_size = 24;
    refused(CREDVAULT_IMPORT, &import, CREDVAULT_BAD_REQUEST); /* by whom? */
    import.header.wrapped_by = 99;
    refused(CREDVAULT_IMPORT, &import, CREDVAULT_NO_SUCH_CREDENTIAL);
    import.header.wrapped_by = plain;
    refused(CREDVAULT_IMPORT, &import, CREDVAULT_NOT_ALLOWED);
    import.header.wrapped_by = wrapper;
    import.header.wrapping = 2;
    refused(CREDVAULT_IMPORT, &import, CREDVAULT_BAD_REQUEST);
    import.header.wrapping = CREDVAULT_RFC3394;
    import.secret_size = 15;
    refused(CREDVAULT_IMPORT, &import, CREDVAULT_BAD_REQUEST);
    for (import.secret_size = 16; import.secret_size <= 32; import.secret_size++) {
        import.header.wrapping = import.secret_size % 2;
        assert_int_equal(new_call(CREDVAULT_IMPORT, &import), CREDVAULT_REFUSED);
    }
    assert_int_equal(uses_of(wrapper), 17);
    assert_int_equal(vault_info().credentials, 2);
}

/* From one policy to another: tighter in one thing each, looser in one thing each. */
static void restrict_only_tightens(void **state)
{
    const struct credvault_policy from = {
        .operations = CREDVAULT_ALLOW_HMAC | CREDVAULT_ALLOW_EXPORT, .max_uses = 10, .rate_uses = 5, .rate_seconds = 60, .expires = 1000,
    };
    struct credvault_policy wanted[] = { from, from, from, from, from, from, from };
    uint32_t credential = add_hmac(&from, NULL);
    struct credvault_entry entry;

    (void)state;
    wanted[0].max_uses = 11;
    wanted[1].max_uses = 0;
    wanted[2].rate_uses = 6;
    wanted[3].rate_seconds = 59;
    wanted[4].expires = 1001;
    wanted[5].expires = 0;
    wanted[6].rate_uses = wanted[6].rate_seconds = 0;
    for (uint32_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
        assert_int_equal(restrict_to(credential, &wanted[i]), CREDVAULT_LOOSER);
    }
    wanted[0] = from;
    wanted[0].operations = CREDVAULT_ALLOW_HMAC | CREDVAULT_ALLOW_WRAP;
    assert_int_equal(restrict_to(credential, &wanted[0]), CREDVAULT_NOT_ALLOWED);
    wanted[0].operations = CREDVAULT_ALLOW_EXPORT;
    assert_int_equal(restrict_to(credential, &wanted[0]), CREDVAULT_NOT_ALLOWED);
    wanted[0] = (struct credvault_policy){
        .operations = CREDVAULT_ALLOW_HMAC,
        .flags = CREDVAULT_POLICY_CONFIRM,
        .max_uses = 9,
        .rate_uses = 4,
        .rate_seconds = 61,
        .expires = 999,
    };
    assert_int_equal(restrict_to(credential, &wanted[0]), CREDVAULT_SUCCESS);
    vault_reboot();
    assert_true(entry_of(credential, &entry));
    assert_memory_equal(&entry.policy, &wanted[0], sizeof(entry.policy));
    assert_int_equal(restrict_to(credential, &from), CREDVAULT_LOOSER);
    assert_int_equal(restrict_to(99, &from), CREDVAULT_NO_SUCH_CREDENTIAL);
}

static void a_pin_stays_as_it_is(void **state)
{
    const struct credvault_policy guarded = { .operations = CREDVAULT_ALLOW_HMAC, .flags = CREDVAULT_POLICY_PIN, .pin_tries = 3 };
    struct credvault_policy wanted = guarded;
    uint32_t credential = add_hmac(&guarded, "2468"), plain = add_hmac(NULL, NULL);

    (void)state;
    wanted.pin_tries = 2;
    assert_int_equal(restrict_to(credential, &wanted), CREDVAULT_LOOSER);
    wanted.flags = wanted.pin_tries = 0;
    assert_int_equal(restrict_to(credential, &wanted), CREDVAULT_LOOSER);
    assert_int_equal(restrict_to(plain, &guarded), CREDVAULT_LOOSER);
    assert_int_equal(restrict_to(credential, &guarded), CREDVAULT_SUCCESS);
}

/* Uses before a tighter rate count in it. */
static void a_longer_rate_remembers(void **state)
{
    const struct credvault_policy loose = { .operations = CREDVAULT_ALLOW_HMAC, .rate_uses = 3, .rate_seconds = 10 };
    const struct credvault_policy tight = { .operations = CREDVAULT_ALLOW_HMAC, .rate_uses = 3, .rate_seconds = 1000 };
    uint32_t credential = add_hmac(&loose, NULL);

    (void)state;
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(use_hmac(credential), CREDVAULT_SUCCESS);
    }
    assert_int_equal(restrict_to(credential, &tight), CREDVAULT_SUCCESS);
    time_passes(30);
    assert_int_equal(use_hmac(credential), CREDVAULT_TOO_OFTEN);
    time_passes(2000);
    assert_int_equal(use_hmac(credential), CREDVAULT_SUCCESS);
}

#define VAULT_TEST(function) cmocka_unit_test_setup_teardown(function, vault_setup, vault_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        VAULT_TEST(sizes_have_to_add_up),
        VAULT_TEST(fields_out_of_range),
        VAULT_TEST(labels_and_pins),
        VAULT_TEST(what_a_type_can_do),
        VAULT_TEST(a_symmetric_key_has_one_purpose),
        VAULT_TEST(sizes_of_symmetric_keys),
        VAULT_TEST(one_time_passwords_say_what_they_are),
        VAULT_TEST(commands_and_their_types),
        VAULT_TEST(imports_that_are_none),
        VAULT_TEST(restrict_only_tightens),
        VAULT_TEST(a_pin_stays_as_it_is),
        VAULT_TEST(a_longer_rate_remembers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
