/* Session handles: unique, limited, and nothing but what was opened is found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sk/session.h>
#include <sk/thread.h>

static void handles_are_found_until_closed(void **state)
{
    struct process process = { .image = { .max_sessions = 2 } };
    uint64_t first, second;

    (void)state;
    first = session_open(&process);
    second = session_open(&process);
    assert_true(first != 0 && second != 0 && first != second);
    assert_int_equal(session_open(&process), 0);
    assert_ptr_equal(session_find(first), &process);
    session_close(first);
    assert_null(session_find(first));
    assert_ptr_equal(session_find(second), &process);
    assert_true(session_open(&process) != first);
    assert_int_equal(process.session_count, 2);
}

static void nothing_else_is_found(void **state)
{
    static const uint64_t handles[] = { 0, 1000, UINT32_MAX, UINT64_C(1) << 32 | 1, UINT64_MAX };

    (void)state;
    for (size_t i = 0; i < sizeof(handles) / sizeof(handles[0]); i++) {
        assert_null(session_find(handles[i]));
    }
}

static void all_handles_on_one_process_go(void **state)
{
    struct process one = { .image = { .max_sessions = 3 } }, other = { .image = { .max_sessions = 3 } };
    uint64_t first = session_open(&one), kept = session_open(&other), second = session_open(&one);

    (void)state;
    session_close_all(&one);
    assert_null(session_find(first));
    assert_null(session_find(second));
    assert_int_equal(one.session_count, 0);
    assert_ptr_equal(session_find(kept), &other);
    session_close(kept);
}

/* Told of or not, guessed or not: after the end only what VTL0 knows of is there. */
static void a_session_that_was_being_opened_goes_with_its_process(void **state)
{
    struct ium_call calls[3] = { 0 };
    struct thread threads[3] = {
        { .next = &threads[1], .call = &calls[0], .serving = true, .service = SECURE_SERVICE_OPEN_SESSION },
        { .next = &threads[2], .call = &calls[1], .serving = true, .service = SECURE_SERVICE_INVOKE },
        { .call = &calls[2], .serving = true, .service = SECURE_SERVICE_OPEN_SESSION },
    };
    struct process process = { .image = { .max_sessions = 3 }, .threads = threads };

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        calls[i].session = session_open(&process);
    }
    session_close(calls[2].session);
    session_close_unopened(&process);
    assert_null(session_find(calls[0].session));
    assert_ptr_equal(session_find(calls[1].session), &process);
    assert_int_equal(process.session_count, 1);
    session_close(calls[1].session);
}

static void the_table_ends(void **state)
{
    static struct process process = { .image = { .max_sessions = UINT32_MAX } };
    uint64_t handles[SESSIONS];
    unsigned opened = 0;

    (void)state;
    while (opened < SESSIONS && (handles[opened] = session_open(&process)) != 0) {
        opened++;
    }
    assert_in_range(opened, 1, SESSIONS);
    assert_int_equal(session_open(&process), 0);
    session_close(handles[0]);
    assert_true(session_open(&process) != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handles_are_found_until_closed),
        cmocka_unit_test(nothing_else_is_found),
        cmocka_unit_test(all_handles_on_one_process_go),
        cmocka_unit_test(a_session_that_was_being_opened_goes_with_its_process),
        cmocka_unit_test(the_table_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
