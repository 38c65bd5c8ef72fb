/* Quotas of a manifest: 0 is none, and the last one counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sk/process.h>

static void pages_are_counted(void **state)
{
    struct process process = { .image = { .page_quota = 10 }, .pages = 7 };

    (void)state;
    assert_true(process_may_have_pages(&process, 3));
    assert_false(process_may_have_pages(&process, 4));
    assert_false(process_may_have_pages(&process, UINT64_MAX));
    process.pages = 11;
    assert_false(process_may_have_pages(&process, 0));
    process.loader_pages = 5; /* not the trustlet's */
    assert_true(process_may_have_pages(&process, 4));
    assert_false(process_may_have_pages(&process, 5));
    process.image.page_quota = 0;
    assert_true(process_may_have_pages(&process, UINT64_MAX));
}

static void sessions_and_threads_are_handles(void **state)
{
    struct process process = { .image = { .handle_quota = 5 }, .session_count = 3, .thread_count = 1 };

    (void)state;
    assert_true(process_may_have_handle(&process));
    process.thread_count = 2;
    assert_false(process_may_have_handle(&process));
    process.image.handle_quota = 0;
    assert_true(process_may_have_handle(&process));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_are_counted),
        cmocka_unit_test(sessions_and_threads_are_handles),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
