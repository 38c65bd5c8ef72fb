/*
 * Power cuts: at every question to VTL0, before and after VTL0 did what it was asked, and around every commit of the
 * machine's record. The vault opens afterwards and is as before the command, or as after it, and what was answered was counted.
 */
#include "vault.h"


/* What of the vault can be seen to change. */
struct view {
    struct credvault_entry entries[CREDVAULT_CREDENTIALS];
    uint32_t size;
    uint64_t audit_next;
};

static const char pin[] = "2468";
static uint32_t with_pin, counted, wrapper, doomed;
static uint8_t wrapped[40];

static struct {
    struct vtl0 vtl0;
    struct ium_freshness record;
} saved;

static struct view look(void)
{
    struct view view = { .audit_next = vault_info().audit_next };
    uint32_t above = 0;

    do {
        assert_int_equal(vault_call(CREDVAULT_LIST, &above, sizeof(above)), CREDVAULT_SUCCESS);
        memcpy((uint8_t *)view.entries + view.size, reply, reply_size);
        view.size += reply_size;
        above = view.size != 0 ? view.entries[view.size / sizeof(view.entries[0]) - 1].credential : 0;
    } while (reply_size != 0);
    return view;
}

static bool same(const struct view *a, const struct view *b)
{
    return a->size == b->size && a->audit_next == b->audit_next && memcmp(a->entries, b->entries, a->size) == 0;
}

/* A vault with something of everything, and all that is needed to begin from it again. */
static int prepare(void **state)
{
    const struct credvault_policy guarded = { .flags = CREDVAULT_POLICY_PIN, .pin_tries = 3 };
    struct credvault_wrap wrap;
    struct new_parts exported = {
        .header = { .type = CREDVAULT_SYMMETRIC, .policy.operations = CREDVAULT_ALLOW_HMAC | CREDVAULT_ALLOW_EXPORT },
        .secret = test_key,
        .secret_size = 32,
    };

    vault_setup(state);
    with_pin = add_hmac(&guarded, pin);
    counted = add_hotp();
    wrapper = add_wrapper(CREDVAULT_ALLOW_WRAP | CREDVAULT_ALLOW_UNWRAP, test_key);
    doomed = add_hmac(NULL, NULL);
    assert_int_equal(new_call(CREDVAULT_ADD, &exported), CREDVAULT_SUCCESS);
    wrap = (struct credvault_wrap){ .credential = wrapper, .target = 5 };
    assert_int_equal(vault_agreed(CREDVAULT_WRAP, &wrap, sizeof(wrap)), CREDVAULT_SUCCESS);
    memcpy(wrapped, reply, sizeof(wrapped));
    /* The audit page is full with the next entry but one. */
    while (vault_info().audit_next % CREDVAULT_AUDIT_PAGE != 0) {
        use_hmac(doomed);
    }
    saved.vtl0 = vtl0;
    saved.record = trustlet_fresh_now();
    return 0;
}

static void begin_again(void)
{
    trustlet_fresh_fault(IUM_SYSCALL_SET_FRESHNESS, 0, TRUSTLET_FAULT_NONE);
    vtl0 = saved.vtl0;
    trustlet_fresh(&saved.record);
    vault_reboot();
}

/* Commands that commit; false: the power went. */
static bool do_add(enum credvault_status *status)
{
    uint8_t request[512];
    const struct new_parts parts = {
        .header = { .type = CREDVAULT_SYMMETRIC, .policy.operations = CREDVAULT_ALLOW_HMAC },
        .secret = test_key,
        .secret_size = 32,
    };

    return vault_try(CREDVAULT_ADD, request, new_build(&parts, request), status);
}

static bool do_import(enum credvault_status *status)
{
    uint8_t request[512];
    const struct new_parts parts = {
        .header = { .type = CREDVAULT_SYMMETRIC, .policy.operations = CREDVAULT_ALLOW_HMAC, .wrapped_by = wrapper },
        .secret = wrapped,
        .secret_size = sizeof(wrapped),
    };

    return vault_try(CREDVAULT_IMPORT, request, new_build(&parts, request), status);
}

static bool do_use(enum credvault_status *status)
{
    const struct credvault_use request = { .credential = counted };

    return vault_try(CREDVAULT_HOTP, &request, sizeof(request), status);
}

static bool do_wrap(enum credvault_status *status)
{
    const struct credvault_wrap request = { .credential = wrapper, .target = 5 };
    bool on = vault_try(CREDVAULT_WRAP, &request, sizeof(request), status);
    uint32_t code;

    if (!on || *status != CREDVAULT_CONFIRM_REQUIRED) {
        return on;
    }
    code = shown_code();
    return vault_try(CREDVAULT_CONFIRM, &code, sizeof(code), status) && vault_try(CREDVAULT_WRAP, &request, sizeof(request), status);
}

static bool try_pin(const char *text, enum credvault_status *status)
{
    uint8_t request[sizeof(struct credvault_unlock) + 4];
    const struct credvault_unlock header = { .credential = with_pin, .pin_size = 4 };

    memcpy(request, &header, sizeof(header));
    memcpy(request + sizeof(header), text, 4);
    return vault_try(CREDVAULT_UNLOCK, request, sizeof(request), status);
}

static bool do_wrong_pin(enum credvault_status *status)
{
    return try_pin("0000", status);
}

static bool do_right_pin(enum credvault_status *status)
{
    return try_pin(pin, status);
}

static bool do_restrict(enum credvault_status *status)
{
    const struct credvault_restrict request = {
        .credential = counted,
        .policy = { .operations = CREDVAULT_ALLOW_HOTP, .max_uses = 100 },
    };

    return vault_try(CREDVAULT_RESTRICT, &request, sizeof(request), status);
}

static bool do_remove(enum credvault_status *status)
{
    return vault_try(CREDVAULT_REMOVE, &doomed, sizeof(doomed), status);
}

static bool do_reset(enum credvault_status *status)
{
    const uint32_t word = CREDVAULT_RESET_WORD;

    return vault_try(CREDVAULT_RESET, &word, sizeof(word), status);
}

static const struct action {
    bool (*run)(enum credvault_status *status);
    enum credvault_status status; /* when nothing goes wrong */
    uint32_t commits;
} actions[] = {
    { do_add, CREDVAULT_SUCCESS, 1 },
    { do_import, CREDVAULT_SUCCESS, 2 },
    { do_use, CREDVAULT_SUCCESS, 1 },
    { do_wrap, CREDVAULT_SUCCESS, 2 },
    { do_wrong_pin, CREDVAULT_PIN_WRONG, 1 },
    { do_right_pin, CREDVAULT_SUCCESS, 2 },
    { do_restrict, CREDVAULT_SUCCESS, 1 },
    { do_remove, CREDVAULT_SUCCESS, 1 },
    { do_reset, CREDVAULT_SUCCESS, 1 },
};

static struct view views[3]; /* before, between two commits, after */

static void learn(const struct action *action)
{
    enum credvault_status status;

    begin_again();
    views[0] = look();
    assert_true(action->run(&status));
    assert_int_equal(status, action->status);
    views[2] = look();
    views[1] = views[2];
    if (action->commits == 2) {
        begin_again();
        trustlet_fresh_fault(IUM_SYSCALL_SET_FRESHNESS, 0, TRUSTLET_FAULT_CUT_COMMITTED);
        assert_false(action->run(&status));
        vault_power_on();
        views[1] = look();
        assert_false(same(&views[1], &views[0]));
        assert_false(same(&views[1], &views[2]));
    }
}

/* After a cut: opened, in one of the states it went through, and it works on. */
static void check_survivor(const struct action *action)
{
    enum credvault_status status;
    struct view now, later;

    vault_power_on();
    assert_open();
    now = look();
    assert_true(same(&now, &views[0]) || same(&now, &views[1]) || same(&now, &views[2]));
    vault_reboot();
    later = look();
    assert_true(same(&now, &later));
    if (same(&now, &views[0])) {
        assert_true(action->run(&status));
        assert_int_equal(status, action->status);
    } else {
        assert_true(do_add(&status));
        assert_int_equal(status, CREDVAULT_SUCCESS);
    }
    vault_reboot();
    assert_open();
}

/* Ran to its end: then it has happened, whatever it was. */
static void check_answered(const struct action *action, enum credvault_status status)
{
    struct view now = look();

    assert_int_equal(status, action->status);
    assert_true(same(&now, &views[2]));
    vault_reboot();
    now = look();
    assert_true(same(&now, &views[2]));
}

/* Returns false when the command has no such question. */
static bool cut_at_question(const struct action *action, uint32_t question, bool after)
{
    enum credvault_status status;

    begin_again();
    assert_open();
    vtl0.cut_at = vtl0.asked + question;
    vtl0.cut_after = after;
    if (action->run(&status)) {
        vtl0.cut_at = 0;
        check_answered(action, status);
        return false;
    }
    check_survivor(action);
    return true;
}

static void cut_at_every_question(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        uint32_t cuts = 0;

        learn(&actions[i]);
        for (uint32_t after = 0; after < 2; after++) {
            for (uint32_t question = 1; cut_at_question(&actions[i], question, after != 0); question++) {
                cuts++;
            }
        }
        assert_true(cuts >= 2 * actions[i].commits);
    }
}

/* The power goes before the record is written, or right behind. Returns false when there is no such commit. */
static bool cut_at_commit(const struct action *action, uint32_t commit, enum trustlet_fault fault)
{
    enum credvault_status status;

    begin_again();
    assert_open();
    trustlet_fresh_fault(IUM_SYSCALL_SET_FRESHNESS, commit, fault);
    if (action->run(&status)) {
        check_answered(action, status);
        return false;
    }
    check_survivor(action);
    return true;
}

static void cut_at_every_commit(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        uint32_t commit;

        learn(&actions[i]);
        for (commit = 0; cut_at_commit(&actions[i], commit, TRUSTLET_FAULT_CUT); commit++) {
        }
        assert_int_equal(commit, actions[i].commits);
        for (commit = 0; cut_at_commit(&actions[i], commit, TRUSTLET_FAULT_CUT_COMMITTED); commit++) {
        }
        assert_int_equal(commit, actions[i].commits);
    }
}

/* A TPM that fails but has done it is asked again; one that has not, changed nothing; one that is dead closes the vault. */
static void a_commit_that_fails(void **state)
{
    enum credvault_status status;
    struct view now;

    (void)state;
    for (uint32_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        learn(&actions[i]);
        begin_again();
        assert_open();
        trustlet_fresh_fault(IUM_SYSCALL_SET_FRESHNESS, 0, TRUSTLET_FAULT_FAILS_COMMITTED);
        assert_true(actions[i].run(&status));
        check_answered(&actions[i], status);
        begin_again();
        assert_open();
        trustlet_fresh_fault(IUM_SYSCALL_SET_FRESHNESS, 0, TRUSTLET_FAULT_FAILS);
        assert_true(actions[i].run(&status));
        assert_int_equal(status, CREDVAULT_FRESHNESS_FAILED);
        now = look();
        assert_true(same(&now, &views[0]));
        assert_true(actions[i].run(&status));
        check_answered(&actions[i], status);
        begin_again();
        assert_open();
        trustlet_fresh_fault(IUM_SYSCALL_SET_FRESHNESS, 0, TRUSTLET_FAULT_DEAD);
        assert_true(actions[i].run(&status));
        assert_int_equal(status, CREDVAULT_FRESHNESS_FAILED);
        assert_closed(CREDVAULT_RECORD_FAILED);
        trustlet_fresh_fault(IUM_SYSCALL_SET_FRESHNESS, 0, TRUSTLET_FAULT_NONE);
        now = look();
        assert_true(same(&now, &views[0]));
    }
}

/* The first command that a new vault ever keeps something for: there is no old state yet. */
static void cuts_at_the_very_first_command(void **state)
{
    enum credvault_status status;
    bool cut = true;

    (void)state;
    for (uint32_t step = 0; cut || step % 4 != 0; step++) {
        trustlet_stop();
        vault_setup(NULL);
        if (step % 4 < 2) {
            vtl0.cut_at = 1 + step / 4;
            vtl0.cut_after = step % 2 != 0;
        } else {
            trustlet_fresh_fault(IUM_SYSCALL_SET_FRESHNESS, step / 4, step % 2 != 0 ? TRUSTLET_FAULT_CUT_COMMITTED : TRUSTLET_FAULT_CUT);
        }
        cut = (step % 4 != 0 && cut) | !do_add(&status);
        vtl0.cut_at = 0;
        trustlet_fresh_fault(IUM_SYSCALL_SET_FRESHNESS, 0, TRUSTLET_FAULT_NONE);
        vault_reboot();
        assert_open();
        assert_in_range(vault_info().credentials, 0, 1);
        assert_true(do_add(&status));
        assert_int_equal(status, CREDVAULT_SUCCESS);
    }
}

/* A PIN is tried with the power cut at every point: what was answered was counted, and what was not, told nothing. */
static void no_try_is_free(void **state)
{
    struct credvault_entry entry;
    enum credvault_status status;
    uint32_t answered;

    (void)state;
    for (uint32_t question = 1; question < 8; question++) {
        for (uint32_t after = 0; after < 2; after++) {
            begin_again();
            answered = 0;
            for (uint32_t attempt = 0; attempt < 6; attempt++) {
                vtl0.cut_at = attempt % 2 == 0 ? vtl0.asked + question : 0;
                vtl0.cut_after = after != 0;
                if (!do_wrong_pin(&status)) {
                    vault_power_on();
                } else {
                    answered += status == CREDVAULT_PIN_WRONG;
                }
                vtl0.cut_at = 0;
                assert_true(entry_of(with_pin, &entry));
                assert_true(entry.pin_failures >= answered);
            }
            assert_true(answered <= 3);
            assert_true(entry_of(with_pin, &entry));
            assert_int_equal(entry.pin_failures, 3);
            assert_int_equal(entry.state, CREDVAULT_ENTRY_LOCKED);
            assert_true(do_right_pin(&status));
            assert_int_equal(status, CREDVAULT_PIN_LOCKED);
        }
    }
}

#define SEEN 48u

static struct {
    struct store_blob blobs[SEEN];
    uint32_t count;
} seen;

static void see(const char *name)
{
    const struct store_blob *blob = store_get(name);

    for (uint32_t i = 0; i < seen.count; i++) {
        if (memcmp(&seen.blobs[i], blob, sizeof(*blob)) == 0) {
            return;
        }
    }
    assert_true(seen.count < SEEN);
    seen.blobs[seen.count++] = *blob;
}

/* Everything in turn, some of it cut, and after each step both states are kept. */
static void live(void)
{
    enum credvault_status status;

    seen.count = 0;
    for (uint32_t i = 0; i + 1 < sizeof(actions) / sizeof(actions[0]); i++) {
        assert_open();
        if (i % 2 == 0) {
            trustlet_fresh_fault(IUM_SYSCALL_SET_FRESHNESS, 0, TRUSTLET_FAULT_CUT);
            assert_false(actions[i].run(&status));
            vault_power_on();
            see("state-0");
            see("state-1");
        }
        assert_true(actions[i].run(&status));
        see("state-0");
        see("state-1");
    }
}

static void bring(uint32_t index)
{
    if (index < seen.count) {
        store_put(&seen.blobs[index]);
    }
}

/* VTL0 brings any two states it ever saw: the vault opens if the newest is among them, and is the newest then. */
static void only_the_newest_state_opens(void **state)
{
    struct view newest;
    uint32_t opened = 0, newest_index = SEEN;

    (void)state;
    begin_again();
    live();
    newest = look();
    for (uint32_t i = 0; i < seen.count; i++) {
        newest_index = memcmp(&seen.blobs[i], store_get(vault_info().generation % 2 == 0 ? "state-0" : "state-1"),
                              sizeof(seen.blobs[i])) == 0 ? i : newest_index;
    }
    assert_true(newest_index < seen.count && seen.count > 8);
    for (uint32_t i = 0; i <= seen.count; i++) {
        for (uint32_t j = i; j <= seen.count; j++) {
            store_remove("state-0");
            store_remove("state-1");
            bring(i);
            bring(j);
            vault_reboot();
            if (store_find(seen.blobs[newest_index].name) != NULL &&
                memcmp(store_get(seen.blobs[newest_index].name), &seen.blobs[newest_index], sizeof(struct store_blob)) == 0) {
                struct view now = look();

                assert_true(same(&now, &newest));
                opened++;
            } else {
                assert_closed(i == seen.count && j == seen.count ? CREDVAULT_STATE_MISSING : CREDVAULT_OLD_STATE);
            }
        }
    }
    assert_true(opened >= seen.count / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(cut_at_every_question, prepare, vault_teardown),
        cmocka_unit_test_setup_teardown(cut_at_every_commit, prepare, vault_teardown),
        cmocka_unit_test_setup_teardown(a_commit_that_fails, prepare, vault_teardown),
        cmocka_unit_test_setup_teardown(cuts_at_the_very_first_command, vault_setup, vault_teardown),
        cmocka_unit_test_setup_teardown(no_try_is_free, prepare, vault_teardown),
        cmocka_unit_test_setup_teardown(only_the_newest_state_opens, prepare, vault_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
