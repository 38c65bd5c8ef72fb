/* A start that stops on its way: whichever processor goes on with it, or cancels it, nothing is lost and nothing is done twice. */
#include "vtl1-machine.h"

#include <string.h>

#include "vtl1-faults.h"
#include "vtl1-ring3.h"

#define FILE_UNLOCKS 4u /* three pages and the end of the file */

static uint64_t at_rest;

static enum secure_status on_handle(uint32_t service, uint64_t handle)
{
    return machine_call(service, 0, &handle, sizeof(handle));
}

static void end(uint64_t instance)
{
    assert_int_equal(on_handle(SECURE_SERVICE_END_TRUSTLET, instance), SECURE_STATUS_SUCCESS);
    assert_int_equal(faults_owned(), at_rest);
    faults_check_wiped();
}

/* The kernel's tables for the window are made once, by the first start, and stay. */
static int boot(void **state)
{
    (void)state;
    faults_forget();
    faults_at(FAULTS_NONE);
    assert_true(machine_boot());
    ring3_begin();
    assert_int_equal(machine_start(FILE_BYTES), SECURE_STATUS_SUCCESS);
    assert_int_equal(on_handle(SECURE_SERVICE_END_TRUSTLET, machine_answer()), SECURE_STATUS_SUCCESS);
    at_rest = faults_owned();
    return 0;
}

static uint64_t start_call(void)
{
    struct secure_info info;

    assert_int_equal(machine_call(SECURE_SERVICE_GET_INFO, 0, "", 0), SECURE_STATUS_SUCCESS);
    memcpy(&info, machine_frame->data, sizeof(info));
    return info.start_call;
}

static uint64_t stopped_start(unsigned unlocks)
{
    uint64_t call;

    ring3_begin();
    ring3_interrupt(unlocks);
    assert_int_equal(machine_start(FILE_BYTES), SECURE_STATUS_YIELDED);
    call = machine_frame->call;
    assert_int_equal(start_call(), call);
    assert_int_equal(machine_start(FILE_BYTES), SECURE_STATUS_BUSY);
    return call;
}

static void another_processor_goes_on(void **state)
{
    (void)state;
    for (unsigned unlocks = 1; unlocks <= FILE_UNLOCKS; unlocks++) {
        uint64_t call = stopped_start(unlocks), instance;

        machine_processor(1);
        assert_int_equal(on_handle(SECURE_SERVICE_RESUME_CALL, call), SECURE_STATUS_SUCCESS);
        instance = machine_answer();
        machine_processor(0);
        assert_int_equal(on_handle(SECURE_SERVICE_RESUME_CALL, call), SECURE_STATUS_NO_SUCH_CALL);
        end(instance);
    }
}

static void a_start_is_cancelled_wherever_it_stopped(void **state)
{
    (void)state;
    for (unsigned unlocks = 1; unlocks <= FILE_UNLOCKS; unlocks++) {
        uint64_t call = stopped_start(unlocks);

        machine_processor(1);
        assert_int_equal(on_handle(SECURE_SERVICE_CANCEL_CALL, call), SECURE_STATUS_SUCCESS);
        machine_processor(0);
        assert_int_equal(faults_owned(), at_rest);
        faults_check_wiped();
        assert_int_equal(start_call(), 0);
        assert_int_equal(on_handle(SECURE_SERVICE_CANCEL_CALL, call), SECURE_STATUS_NO_SUCH_CALL);
        assert_int_equal(on_handle(SECURE_SERVICE_RESUME_CALL, call), SECURE_STATUS_NO_SUCH_CALL);
    }
}

static void the_next_start_has_nothing_of_the_cancelled_one(void **state)
{
    uint64_t call = stopped_start(2);

    (void)state;
    assert_int_equal(on_handle(SECURE_SERVICE_CANCEL_CALL, call), SECURE_STATUS_SUCCESS);
    ring3_begin();
    assert_int_equal(machine_start(FILE_BYTES), SECURE_STATUS_SUCCESS);
    end(machine_answer());
}

/* A handle that was good for one resumption is not good for cancelling either, and one that stopped twice has a second one. */
static void each_stop_has_a_handle_of_its_own(void **state)
{
    uint64_t first = stopped_start(1), second;

    (void)state;
    ring3_interrupt(1);
    assert_int_equal(on_handle(SECURE_SERVICE_RESUME_CALL, first), SECURE_STATUS_YIELDED);
    second = machine_frame->call;
    assert_int_not_equal(first, second);
    assert_int_equal(on_handle(SECURE_SERVICE_CANCEL_CALL, first), SECURE_STATUS_NO_SUCH_CALL);
    assert_int_equal(on_handle(SECURE_SERVICE_CANCEL_CALL, second), SECURE_STATUS_SUCCESS);
    assert_int_equal(faults_owned(), at_rest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_processor_goes_on),
        cmocka_unit_test(a_start_is_cancelled_wherever_it_stopped),
        cmocka_unit_test(the_next_start_has_nothing_of_the_cancelled_one),
        cmocka_unit_test(each_stop_has_a_handle_of_its_own),
    };

    return cmocka_run_group_tests(tests, boot, NULL);
}
