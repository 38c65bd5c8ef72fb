/* Which system call is allowed when: the whole table, by phase and mask. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sk/syscall_policy.h>

static bool allowed(enum process_state phase, uint64_t mask, uint64_t number)
{
    const struct process process = { .state = phase, .image = { .syscalls = mask } };

    return syscall_allowed(&process, number);
}

static void the_loader_has_its_own_calls_whatever_the_mask(void **state)
{
    static const bool expected[IUM_SYSCALL_COUNT] = { true, true, true, true, true, true, true, false, false, false, true };

    (void)state;
    for (uint64_t number = 0; number < IUM_SYSCALL_COUNT; number++) {
        assert_int_equal(allowed(PROCESS_LOADING, 0, number), expected[number]);
        assert_int_equal(allowed(PROCESS_LOADING, UINT64_MAX, number), expected[number]);
    }
}

static void a_trustlet_has_what_it_was_signed_for(void **state)
{
    static const bool trustlet[IUM_SYSCALL_COUNT] = {
        true, true, false, false, false, false, false, true, true, true, false, true, true, true, true, true, true, true,
        [IUM_SYSCALL_GET_PLATFORM] = true,
    };
    static const enum process_state phases[] = { PROCESS_STARTING, PROCESS_READY };

    (void)state;
    for (unsigned phase = 0; phase < 2; phase++) {
        for (uint64_t number = 0; number < IUM_SYSCALL_COUNT; number++) {
            assert_int_equal(allowed(phases[phase], UINT64_MAX, number), trustlet[number]);
            assert_int_equal(allowed(phases[phase], UINT64_C(1) << number, number), trustlet[number]);
            assert_int_equal(allowed(phases[phase], ~(UINT64_C(1) << number), number), number == IUM_SYSCALL_EXIT);
        }
    }
}

static void numbers_beyond_the_table_are_never_allowed(void **state)
{
    (void)state;
    for (uint64_t number = IUM_SYSCALL_COUNT; number != 0; number <<= 1) {
        assert_false(allowed(PROCESS_LOADING, UINT64_MAX, number));
        assert_false(allowed(PROCESS_READY, UINT64_MAX, number));
    }
    assert_false(allowed(PROCESS_READY, UINT64_MAX, UINT64_MAX));
    assert_false(allowed(PROCESS_READY, UINT64_MAX, UINT64_C(1) << 32 | IUM_SYSCALL_LOG));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_loader_has_its_own_calls_whatever_the_mask),
        cmocka_unit_test(a_trustlet_has_what_it_was_signed_for),
        cmocka_unit_test(numbers_beyond_the_table_are_never_allowed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
