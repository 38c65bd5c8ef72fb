/*
 * The call timer: whatever call_time a manifest has, ring 3 is entered with an expiration that is still to come. One in the
 * past interrupts ring 3 before its first instruction, again and again, and its vector is above VINA's.
 */
#include "vtl1-machine.h"

#include <sk/process.h>

#include "vtl1-ring3.h"

#define NOW UINT64_C(123456789)

static struct process *process;
static uint64_t session;

static int open_session(void **state)
{
    static const struct ring3_call wait = { IUM_SYSCALL_WAIT_CALL, { RING3_CALL } };

    (void)state;
    assert_true(machine_boot());
    ring3_begin();
    assert_int_equal(machine_start(FILE_BYTES), SECURE_STATUS_SUCCESS);
    process = process_find(ring3_header.identity, 0);
    ring3_plan(&wait, 1);
    assert_int_equal(machine_call(SECURE_SERVICE_OPEN_SESSION, 0, ring3_header.identity, 16), SECURE_STATUS_SUCCESS);
    session = machine_answer();
    return 0;
}

static int end(void **state)
{
    uint64_t instance = process->instance;

    (void)state;
    return machine_call(SECURE_SERVICE_END_TRUSTLET, 0, &instance, sizeof(instance)) == SECURE_STATUS_SUCCESS ? 0 : -1;
}

/* When ring 3 was to come back from a call that began at NOW. */
static uint64_t timer_of_a_call(uint64_t call_time)
{
    static const struct ring3_call wait = { IUM_SYSCALL_WAIT_CALL, { RING3_CALL } };
    static const struct secure_invoke command = { .command = 1 };

    process->image.call_time = call_time;
    machine_time = NOW;
    machine_timer = 0;
    ring3_plan(&wait, 1);
    assert_int_equal(machine_call(SECURE_SERVICE_INVOKE, session, &command, sizeof(command)), SECURE_STATUS_SUCCESS);
    return machine_timer;
}

static void no_limit_needs_no_timer(void **state)
{
    (void)state;
    assert_int_equal(timer_of_a_call(0), 0);
}

static void the_timer_comes_one_unit_after_the_limit(void **state)
{
    (void)state;
    assert_int_equal(timer_of_a_call(1), NOW + 2);
    assert_int_equal(timer_of_a_call(1000), NOW + 1001);
}

static void a_limit_beyond_the_end_of_time_is_not_in_the_past(void **state)
{
    static const uint64_t limits[] = { UINT64_MAX, UINT64_MAX - 1, UINT64_MAX - NOW + 1, UINT64_MAX - NOW, UINT64_MAX - NOW - 1 };

    (void)state;
    for (unsigned i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        assert_true(timer_of_a_call(limits[i]) > NOW + 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_limit_needs_no_timer),
        cmocka_unit_test(the_timer_comes_one_unit_after_the_limit),
        cmocka_unit_test(a_limit_beyond_the_end_of_time_is_not_in_the_past),
    };

    return cmocka_run_group_tests(tests, open_session, end);
}
