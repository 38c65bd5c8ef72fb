/* Policies at work: uses, rates, expiry with a VTL0 that plays with its clock, PINs, confirmations. */
#include "vault.h"

#define NOW (UINT64_C(425) * YEAR) /* some day in 2026 */

static void uses_are_limited_over_reboots(void **state)
{
    const struct credvault_policy policy = { .max_uses = 3 };
    uint32_t credential = add_hmac(&policy, NULL);
    struct credvault_entry entry;

    (void)state;
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(use_hmac(credential), CREDVAULT_SUCCESS);
        vault_reboot();
    }
    assert_int_equal(use_hmac(credential), CREDVAULT_USED_UP);
    assert_true(entry_of(credential, &entry));
    assert_int_equal(entry.uses, 3);
    assert_int_equal(entry.state, CREDVAULT_ENTRY_USED_UP);
}

static void refused_uses_cost_nothing(void **state)
{
    const struct credvault_policy policy = { .max_uses = 1 };
    const struct credvault_use wrong = { .credential = 1, .reserved = 1 };
    uint32_t credential = add_hmac(&policy, NULL), writes;

    (void)state;
    writes = vtl0.writes;
    assert_int_equal(vault_call(CREDVAULT_HMAC_SHA256, &wrong, sizeof(wrong)), CREDVAULT_BAD_REQUEST);
    assert_int_equal(vault_call(CREDVAULT_HOTP, &credential, sizeof(credential)), CREDVAULT_BAD_REQUEST);
    assert_int_equal(use_hmac(credential + 1), CREDVAULT_NO_SUCH_CREDENTIAL);
    assert_int_equal(uses_of(credential), 0);
    assert_int_equal(vtl0.writes, writes);
    assert_int_equal(use_hmac(credential), CREDVAULT_SUCCESS);
}

static void operations_are_what_the_policy_says(void **state)
{
    uint32_t hmac = add_hmac(NULL, NULL), hotp = add_hotp(), password = add_password();
    uint64_t counter;
    const struct credvault_use totp = { .credential = hotp }, use_password = { .credential = password };

    (void)state;
    assert_int_equal(use_hotp(hmac, &counter), CREDVAULT_NOT_ALLOWED);
    assert_int_equal(vault_call(CREDVAULT_TOTP, &totp, sizeof(totp)), CREDVAULT_BAD_REQUEST); /* there is no time yet */
    vtl0.time = NOW;
    assert_int_equal(vault_call(CREDVAULT_TOTP, &totp, sizeof(totp)), CREDVAULT_NOT_ALLOWED);
    assert_int_equal(use_hmac(hotp), CREDVAULT_NOT_ALLOWED);
    assert_int_equal(vault_call(CREDVAULT_HOTP, &use_password, sizeof(use_password)), CREDVAULT_WRONG_TYPE);
}

/* As often as can be; then only around the end of a period, where two of them meet, after one without a use. */
static uint32_t attempts_in(uint32_t second)
{
    return second < 500 ? 2 : second >= 798 && second < 804;
}

/* 3 uses in 100 seconds, whatever 100 seconds are looked at. */
static void a_rate_holds_in_every_period(void **state)
{
    const struct credvault_policy policy = { .rate_uses = 3, .rate_seconds = 100 };
    uint32_t credential = add_hmac(&policy, NULL), used[4000] = { 0 }, total = 0;

    (void)state;
    for (uint32_t second = 0; second < 1000; second++) {
        for (uint32_t attempt = 0; attempt < attempts_in(second); attempt++) {
            enum credvault_status status = use_hmac(credential);

            assert_true(status == CREDVAULT_SUCCESS || status == CREDVAULT_TOO_OFTEN);
            used[second] += status == CREDVAULT_SUCCESS;
        }
        total += used[second];
        if (second % 37 == 0) {
            vault_reboot();
        }
        time_passes(1);
    }
    for (uint32_t from = 0; from < 1000; from++) {
        uint32_t sum = 0;

        for (uint32_t second = from; second < from + 100; second++) {
            sum += used[second];
        }
        assert_true(sum <= 3);
    }
    assert_int_equal(total, 12); /* in every other period 3, and 2 and 1 at the end */
}

/* VTL0's clock does not make a rate's time go by, nor does a reboot with a TPM's clock that was set forward. */
static void nobody_hurries_a_rate(void **state)
{
    const struct credvault_policy policy = { .rate_uses = 1, .rate_seconds = 3600 };
    uint32_t credential = add_hmac(&policy, NULL);
    struct ium_freshness record;

    (void)state;
    vtl0.time = NOW;
    assert_int_equal(use_hmac(credential), CREDVAULT_SUCCESS);
    vtl0.time += YEAR;
    assert_int_equal(use_hmac(credential), CREDVAULT_TOO_OFTEN);
    trustlet_time(0);
    record = trustlet_fresh_now();
    record.clock += UINT64_C(1000) * 3600 * 24 * 365;
    trustlet_fresh(&record);
    vault_reboot();
    /* What this boot has lasted is all that is believed, and in this program that is seconds of its tests. */
    assert_int_equal(use_hmac(credential), CREDVAULT_TOO_OFTEN);
    time_passes(7200);
    assert_int_equal(use_hmac(credential), CREDVAULT_SUCCESS);
}

static void expiry_and_a_clock_that_is_set_back(void **state)
{
    const struct credvault_policy policy = { .expires = NOW + 10 * SECOND };
    uint32_t credential;
    struct credvault_entry entry;

    (void)state;
    vtl0.time = NOW;
    credential = add_hmac(&policy, NULL);
    assert_int_equal(use_hmac(credential), CREDVAULT_SUCCESS);
    vtl0.time = NOW + 10 * SECOND;
    assert_int_equal(use_hmac(credential), CREDVAULT_EXPIRED);
    vtl0.time = NOW;
    assert_int_equal(use_hmac(credential), CREDVAULT_EXPIRED);
    assert_true(entry_of(credential, &entry));
    assert_int_equal(entry.state, CREDVAULT_ENTRY_EXPIRED);
    add_hmac(NULL, NULL); /* with any commit the time is kept */
    vtl0.time = NOW;
    vault_reboot();
    assert_int_equal(use_hmac(credential), CREDVAULT_EXPIRED);
    vtl0.time = 0;
    assert_int_equal(use_hmac(credential), CREDVAULT_EXPIRED);
}

/* Told once, and nothing else happens: the first refusal keeps the time, one commit for all of them. */
static void what_has_expired_stays_expired(void **state)
{
    const struct credvault_policy policy = { .expires = NOW + 10 * SECOND };
    uint32_t credential, writes;

    (void)state;
    vtl0.time = NOW;
    credential = add_hmac(&policy, NULL);
    vtl0.time = NOW + 10 * SECOND;
    assert_int_equal(use_hmac(credential), CREDVAULT_EXPIRED);
    writes = vtl0.writes;
    assert_int_equal(use_hmac(credential), CREDVAULT_EXPIRED);
    assert_int_equal(vtl0.writes, writes);
    vtl0.time = 0;
    vault_reboot();
    assert_int_equal(use_hmac(credential), CREDVAULT_EXPIRED);
}

/* A VTL0 that stops telling the time: the vault counts on by itself. */
static void time_goes_on_without_vtl0(void **state)
{
    const struct credvault_policy policy = { .expires = NOW + 100 * SECOND };
    uint32_t credential;

    (void)state;
    vtl0.time = NOW;
    credential = add_hmac(&policy, NULL);
    vtl0.time = 0;
    time_passes(99);
    assert_int_equal(use_hmac(credential), CREDVAULT_SUCCESS);
    vault_reboot();
    assert_int_equal(use_hmac(credential), CREDVAULT_SUCCESS);
    time_passes(1);
    assert_int_equal(use_hmac(credential), CREDVAULT_EXPIRED);
}

static void a_time_that_is_none_is_not_believed(void **state)
{
    (void)state;
    vtl0.time = NOW;
    assert_in_range(vault_info().now, NOW, NOW + SECOND);
    vtl0.time = UINT64_MAX;
    assert_in_range(vault_info().now, NOW, NOW + SECOND);
    vtl0.time = NOW + YEAR;
    assert_in_range(vault_info().now, NOW + YEAR, NOW + YEAR + SECOND);
    vtl0.time = NOW;
    assert_in_range(vault_info().now, NOW + YEAR, NOW + YEAR + SECOND);
}

static const struct credvault_policy guarded = { .flags = CREDVAULT_POLICY_PIN, .pin_tries = 3 };

static void each_use_needs_its_pin(void **state)
{
    uint32_t credential = add_hmac(&guarded, "2468"), open = add_hmac(NULL, NULL);
    uint64_t first = session;

    (void)state;
    assert_int_equal(use_hmac(credential), CREDVAULT_PIN_REQUIRED);
    assert_int_equal(unlock(credential, "2468"), CREDVAULT_SUCCESS);
    assert_int_equal(use_hmac(credential), CREDVAULT_SUCCESS);
    assert_int_equal(use_hmac(credential), CREDVAULT_PIN_REQUIRED);
    assert_int_equal(unlock(credential, "2468"), CREDVAULT_SUCCESS);
    session = trustlet_open();
    assert_int_equal(use_hmac(credential), CREDVAULT_PIN_REQUIRED);
    session = first;
    vtl0.refuse_writes = 1;
    assert_int_equal(use_hmac(credential), CREDVAULT_STORAGE_FAILED);
    assert_int_equal(use_hmac(credential), CREDVAULT_SUCCESS);
    assert_int_equal(unlock(credential, "2468"), CREDVAULT_SUCCESS);
    vault_reboot();
    assert_int_equal(use_hmac(credential), CREDVAULT_PIN_REQUIRED);
    assert_int_equal(unlock(open, "2468"), CREDVAULT_NOT_ALLOWED);
    assert_int_equal(unlock(99, "2468"), CREDVAULT_NO_SUCH_CREDENTIAL);
    assert_int_equal(unlock(credential, "246"), CREDVAULT_BAD_REQUEST);
    assert_int_equal(unlock(credential, "\xff\xff\xff\xff"), CREDVAULT_BAD_REQUEST);
}

static void wrong_pins_lock_for_good(void **state)
{
    uint32_t credential = add_hmac(&guarded, "2468");
    struct vtl0 before;
    struct credvault_entry entry;

    (void)state;
    assert_int_equal(unlock(credential, "0000"), CREDVAULT_PIN_WRONG);
    assert_int_equal(unlock(credential, "24688"), CREDVAULT_PIN_WRONG);
    assert_int_equal(unlock(credential, "2468"), CREDVAULT_SUCCESS);
    before = vtl0;
    for (uint32_t i = 1; i <= 3; i++) {
        assert_int_equal(unlock(credential, "1111"), CREDVAULT_PIN_WRONG);
        assert_true(entry_of(credential, &entry));
        assert_int_equal(entry.pin_failures, i);
        vault_reboot();
    }
    assert_int_equal(unlock(credential, "2468"), CREDVAULT_PIN_LOCKED);
    assert_int_equal(use_hmac(credential), CREDVAULT_PIN_LOCKED);
    vtl0 = before; /* all that VTL0 had before the three */
    vault_reboot();
    assert_closed(CREDVAULT_OLD_STATE);
}

/* VTL0 that does not keep the count gets no answer; one that does not bring the blob costs no try. */
static void a_pin_is_looked_at_only_when_it_counts(void **state)
{
    uint32_t credential = add_hmac(&guarded, "2468");
    struct credvault_entry entry;

    (void)state;
    for (uint32_t i = 0; i < 5; i++) {
        vtl0.refuse_writes = 1;
        assert_int_equal(unlock(credential, i % 2 == 0 ? "2468" : "0000"), CREDVAULT_STORAGE_FAILED);
        vtl0.refuse_reads = true;
        assert_int_equal(unlock(credential, i % 2 == 0 ? "2468" : "0000"), CREDVAULT_STORAGE_FAILED);
        vtl0.refuse_reads = false;
    }
    assert_true(entry_of(credential, &entry));
    assert_int_equal(entry.pin_failures, 0);
    assert_int_equal(use_hmac(credential), CREDVAULT_PIN_REQUIRED);
}

static const struct credvault_policy agreed = { .flags = CREDVAULT_POLICY_CONFIRM };

static void a_confirmed_request_goes_through_once(void **state)
{
    uint32_t credential = add_hmac(&agreed, NULL);
    uint8_t other[sizeof(struct credvault_use) + 7];
    const struct credvault_use header = { .credential = credential };

    (void)state;
    memcpy(other, &header, sizeof(header));
    memcpy(other + sizeof(header), "massage", 7);
    assert_int_equal(confirm(0), CREDVAULT_CONFIRM_WRONG);
    assert_int_equal(use_hmac(credential), CREDVAULT_CONFIRM_REQUIRED);
    assert_non_null(strstr(trustlet_last_line(), ", HMAC by credential 1 \"label\""));
    assert_int_equal(uses_of(credential), 0);
    assert_int_equal(confirm(shown_code()), CREDVAULT_SUCCESS);
    assert_int_equal(use_hmac(credential), CREDVAULT_SUCCESS);
    assert_int_equal(uses_of(credential), 1);
    assert_int_equal(use_hmac(credential), CREDVAULT_CONFIRM_REQUIRED);
    assert_int_equal(confirm(shown_code()), CREDVAULT_SUCCESS);
    assert_int_equal(vault_call(CREDVAULT_HMAC_SHA256, other, sizeof(other)), CREDVAULT_CONFIRM_REQUIRED);
    assert_int_equal(use_hmac(credential), CREDVAULT_CONFIRM_REQUIRED);
    assert_int_equal(uses_of(credential), 1);
}

static void a_confirmation_is_the_session_s(void **state)
{
    uint32_t credential = add_hmac(&agreed, NULL), code;
    uint64_t first = session;

    (void)state;
    assert_int_equal(use_hmac(credential), CREDVAULT_CONFIRM_REQUIRED);
    code = shown_code();
    session = trustlet_open();
    assert_int_equal(confirm(code), CREDVAULT_CONFIRM_WRONG);
    session = first;
    assert_int_equal(confirm(code), CREDVAULT_SUCCESS);
    session = trustlet_open();
    assert_int_equal(use_hmac(credential), CREDVAULT_CONFIRM_REQUIRED);
    session = first;
    assert_int_equal(use_hmac(credential), CREDVAULT_SUCCESS);
}

static void three_wrong_codes_drop_a_request(void **state)
{
    uint32_t credential = add_hmac(&agreed, NULL), code;

    (void)state;
    assert_int_equal(use_hmac(credential), CREDVAULT_CONFIRM_REQUIRED);
    code = shown_code();
    for (uint32_t i = 1; i < 3; i++) {
        assert_int_equal(confirm((code + i) % 1000000), CREDVAULT_CONFIRM_WRONG);
    }
    assert_int_equal(confirm(code), CREDVAULT_SUCCESS);
    assert_int_equal(use_hmac(credential), CREDVAULT_SUCCESS);
    assert_int_equal(use_hmac(credential), CREDVAULT_CONFIRM_REQUIRED);
    code = shown_code();
    for (uint32_t i = 1; i <= 3; i++) {
        assert_int_equal(confirm((code + i) % 1000000), CREDVAULT_CONFIRM_WRONG);
    }
    assert_int_equal(confirm(code), CREDVAULT_CONFIRM_WRONG);
    assert_int_equal(use_hmac(credential), CREDVAULT_CONFIRM_REQUIRED);
}

/* Codes that nobody answers come slower and slower, in other sessions and after reboots too; a right one ends that. */
static void guessing_codes_takes_for_ever(void **state)
{
    uint32_t credential = add_hmac(&agreed, NULL), drawn = 0;

    (void)state;
    while (use_hmac(credential) == CREDVAULT_CONFIRM_REQUIRED) {
        drawn++;
        vault_reboot();
    }
    assert_int_equal(drawn, 4);
    assert_int_equal(use_hmac(credential), CREDVAULT_TOO_OFTEN);
    for (uint32_t minute = 0; minute < 24 * 60; minute++) {
        time_passes(60);
        drawn += use_hmac(credential) == CREDVAULT_CONFIRM_REQUIRED;
    }
    assert_in_range(drawn, 24, 40);
    time_passes(3600);
    assert_int_equal(use_hmac(credential), CREDVAULT_CONFIRM_REQUIRED);
    assert_int_equal(confirm(shown_code()), CREDVAULT_SUCCESS);
    assert_int_equal(use_hmac(credential), CREDVAULT_SUCCESS);
    assert_int_equal(use_hmac(credential), CREDVAULT_CONFIRM_REQUIRED);
}

/* What a label says stays inside its quotes. */
static void a_label_cannot_speak_for_the_vault(void **state)
{
    const struct new_parts parts = {
        .header = {
            .type = CREDVAULT_SYMMETRIC,
            .policy = { .operations = CREDVAULT_ALLOW_HMAC, .flags = CREDVAULT_POLICY_CONFIRM },
        },
        .label = "mail\", HMAC by credential 7 \"bank\n\xc3\xa9",
        .secret = test_key,
        .secret_size = 32,
    };

    (void)state;
    assert_int_equal(new_call(CREDVAULT_ADD, &parts), CREDVAULT_SUCCESS);
    assert_int_equal(use_hmac(1), CREDVAULT_CONFIRM_REQUIRED);
    assert_non_null(strstr(trustlet_last_line(), ", HMAC by credential 1 \"mail?, HMAC by credential 7 ?bank???\""));
}

static void pin_and_confirmation_together(void **state)
{
    const struct credvault_policy both = { .flags = CREDVAULT_POLICY_PIN | CREDVAULT_POLICY_CONFIRM, .pin_tries = 3 };
    uint32_t credential = add_hmac(&both, "2468");

    (void)state;
    assert_int_equal(use_hmac(credential), CREDVAULT_PIN_REQUIRED);
    assert_int_equal(unlock(credential, "2468"), CREDVAULT_SUCCESS);
    assert_int_equal(use_hmac(credential), CREDVAULT_CONFIRM_REQUIRED);
    assert_int_equal(confirm(shown_code()), CREDVAULT_SUCCESS);
    assert_int_equal(use_hmac(credential), CREDVAULT_SUCCESS);
    assert_int_equal(use_hmac(credential), CREDVAULT_PIN_REQUIRED);
}

static void what_a_reset_takes_from_sessions(void **state)
{
    uint32_t credential = add_hmac(&guarded, "2468");

    (void)state;
    assert_int_equal(unlock(credential, "2468"), CREDVAULT_SUCCESS);
    assert_int_equal(reset_vault(), CREDVAULT_SUCCESS);
    assert_int_equal(add_hmac(&guarded, "1357"), credential);
    assert_int_equal(use_hmac(credential), CREDVAULT_PIN_REQUIRED);
}

#define VAULT_TEST(function) cmocka_unit_test_setup_teardown(function, vault_setup, vault_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        VAULT_TEST(uses_are_limited_over_reboots),
        VAULT_TEST(refused_uses_cost_nothing),
        VAULT_TEST(operations_are_what_the_policy_says),
        VAULT_TEST(nobody_hurries_a_rate),
        VAULT_TEST(a_rate_holds_in_every_period),
        VAULT_TEST(expiry_and_a_clock_that_is_set_back),
        VAULT_TEST(what_has_expired_stays_expired),
        VAULT_TEST(time_goes_on_without_vtl0),
        VAULT_TEST(a_time_that_is_none_is_not_believed),
        VAULT_TEST(each_use_needs_its_pin),
        VAULT_TEST(wrong_pins_lock_for_good),
        VAULT_TEST(a_pin_is_looked_at_only_when_it_counts),
        VAULT_TEST(a_confirmed_request_goes_through_once),
        VAULT_TEST(a_confirmation_is_the_session_s),
        VAULT_TEST(three_wrong_codes_drop_a_request),
        VAULT_TEST(guessing_codes_takes_for_ever),
        VAULT_TEST(a_label_cannot_speak_for_the_vault),
        VAULT_TEST(pin_and_confirmation_together),
        VAULT_TEST(what_a_reset_takes_from_sessions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
