/* ium/fresh.h and ium_time over the harness, which plays reboots, power cuts and a TPM that fails. */
#include "trustlet.h"

#include <string.h>

#include <ium/fresh.h>
#include <ium/syscalls.h>
#include <ium/time.h>

enum { LOOK = 1, REMEMBER = 2, FORGET = 3, TIME = 4 };
enum { SAID = 100 }; /* a status: what ium/fresh.h said */

struct remember {
    uint64_t generation;
    uint8_t digest[32];
};

static uint64_t session;
static uint8_t nothing[1];

static uint32_t look(struct trustlet_call *call)
{
    struct ium_freshness freshness;
    enum ium_fresh_status status = ium_freshness(&freshness);

    memcpy(call->reply, &freshness, sizeof(freshness));
    call->reply_size = sizeof(freshness);
    return SAID + status;
}

static uint32_t remember(struct trustlet_call *call)
{
    struct remember wanted;

    memcpy(&wanted, call->input, sizeof(wanted));
    return SAID + ium_set_freshness(wanted.digest, wanted.generation);
}

static uint32_t forget(struct trustlet_call *call)
{
    (void)call;
    return SAID + ium_reset_freshness();
}

static uint32_t tell_time(struct trustlet_call *call)
{
    uint64_t time = ium_time();

    memcpy(call->reply, &time, sizeof(time));
    call->reply_size = sizeof(time);
    return TRUSTLET_SUCCESS;
}

static const struct trustlet_command commands[] = {
    { .command = LOOK, .min_reply = sizeof(struct ium_freshness), .serve = look },
    { .command = REMEMBER, .min_input = sizeof(struct remember), .max_input = sizeof(struct remember), .serve = remember },
    { .command = FORGET, .serve = forget },
    { .command = TIME, .min_reply = sizeof(uint64_t), .serve = tell_time },
};

const struct trustlet this_trustlet = { .commands = commands, .command_count = sizeof(commands) / sizeof(commands[0]) };

static uint32_t ask_look(struct ium_freshness *freshness)
{
    return status_of(trustlet_call(session, LOOK, NULL, 0, freshness, sizeof(*freshness)));
}

static struct trustlet_answer set(uint8_t byte, uint64_t generation)
{
    struct remember wanted = { .generation = generation };

    memset(wanted.digest, byte, sizeof(wanted.digest));
    return trustlet_call(session, REMEMBER, &wanted, sizeof(wanted), nothing, 0);
}

static uint32_t ask_forget(void)
{
    return status_of(trustlet_call(session, FORGET, NULL, 0, nothing, 0));
}

static void expect_set(uint8_t byte, uint64_t generation)
{
    struct ium_freshness freshness;
    uint8_t digest[32];

    memset(digest, byte, sizeof(digest));
    assert_int_equal(ask_look(&freshness), SAID + IUM_FRESH_OK);
    assert_int_equal(freshness.state, IUM_FRESHNESS_SET);
    assert_int_equal(freshness.generation, generation);
    assert_memory_equal(freshness.digest, digest, sizeof(digest));
}

static void expect_none(void)
{
    struct ium_freshness freshness;

    assert_int_equal(ask_look(&freshness), SAID + IUM_FRESH_OK);
    assert_int_equal(freshness.state, IUM_FRESHNESS_NONE);
    assert_int_equal(freshness.generation, 0);
}

static int boot(void **state)
{
    trustlet_fresh_fault(IUM_SYSCALL_GET_FRESHNESS, 0, TRUSTLET_FAULT_NONE);
    trustlet_fresh(&(struct ium_freshness){ .lasting = 1 });
    if (begin(state) != 0) {
        return -1;
    }
    session = trustlet_open();
    return session != 0 ? 0 : -1;
}

static void reboot(void)
{
    trustlet_stop();
    assert_true(trustlet_start());
    session = trustlet_open();
}

/* -> the generation that the first record got. */
static uint64_t set_first(uint8_t byte)
{
    assert_int_equal(status_of(set(byte, 0)), SAID + IUM_FRESH_OK);
    return trustlet_fresh_now().generation;
}

static void what_is_set_is_there_after_a_reboot(void **state)
{
    uint64_t generation = set_first(1);

    (void)state;
    expect_set(1, generation);
    reboot();
    expect_set(1, generation);
    assert_int_equal(status_of(set(2, generation)), SAID + IUM_FRESH_OK);
    expect_set(2, generation + 1);
}

static void another_generation_is_a_conflict(void **state)
{
    uint64_t generation = set_first(1);

    (void)state;
    assert_int_equal(status_of(set(2, generation - 1)), SAID + IUM_FRESH_CONFLICT);
    assert_int_equal(status_of(set(2, generation + 1)), SAID + IUM_FRESH_CONFLICT);
    assert_int_equal(status_of(set(2, 0)), SAID + IUM_FRESH_CONFLICT);
    expect_set(1, generation);
}

static void forgetting(void **state)
{
    uint64_t generation = set_first(1);

    (void)state;
    assert_int_equal(ask_forget(), SAID + IUM_FRESH_OK);
    expect_none();
    assert_int_equal(status_of(set(3, generation)), SAID + IUM_FRESH_CONFLICT);
    assert_true(set_first(3) > generation);
}

static void a_power_cut_leaves_the_old_or_the_new(void **state)
{
    uint64_t generation = set_first(1);

    (void)state;
    trustlet_fresh_fault(IUM_SYSCALL_SET_FRESHNESS, 0, TRUSTLET_FAULT_CUT);
    assert_int_equal(set(2, generation).outcome, TRUSTLET_ENDED);
    assert_int_equal(trustlet_exit_code(), TRUSTLET_POWER_CUT);
    reboot();
    expect_set(1, generation);
    trustlet_fresh_fault(IUM_SYSCALL_SET_FRESHNESS, 1, TRUSTLET_FAULT_CUT_COMMITTED);
    assert_int_equal(status_of(set(2, generation)), SAID + IUM_FRESH_OK);
    assert_int_equal(set(3, generation + 1).outcome, TRUSTLET_ENDED);
    reboot();
    expect_set(3, generation + 2);
}

static void a_device_that_fails(void **state)
{
    uint64_t generation = set_first(1);
    struct ium_freshness freshness;

    (void)state;
    trustlet_fresh_fault(IUM_SYSCALL_SET_FRESHNESS, 0, TRUSTLET_FAULT_FAILS);
    assert_int_equal(status_of(set(2, generation)), SAID + IUM_FRESH_FAILED);
    expect_set(1, generation);
    trustlet_fresh_fault(IUM_SYSCALL_SET_FRESHNESS, 0, TRUSTLET_FAULT_FAILS_COMMITTED);
    assert_int_equal(status_of(set(2, generation)), SAID + IUM_FRESH_FAILED);
    expect_set(2, generation + 1);
    trustlet_fresh_fault(IUM_SYSCALL_GET_FRESHNESS, 0, TRUSTLET_FAULT_DEAD);
    assert_int_equal(ask_look(&freshness), SAID + IUM_FRESH_FAILED);
    assert_int_equal(freshness.generation, 0);
    assert_int_equal(status_of(set(3, generation + 1)), SAID + IUM_FRESH_FAILED);
    assert_int_equal(ask_forget(), SAID + IUM_FRESH_FAILED);
    trustlet_fresh_fault(IUM_SYSCALL_GET_FRESHNESS, 0, TRUSTLET_FAULT_NONE);
    expect_set(2, generation + 1);
}

static void no_other_state_can_be_set_over(void **state)
{
    static const enum ium_freshness_state bad[] = { IUM_FRESHNESS_FOREIGN, IUM_FRESHNESS_ROLLED_BACK };

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct ium_freshness freshness;

        trustlet_fresh(&(struct ium_freshness){ .state = bad[i], .lasting = 1 });
        assert_int_equal(ask_look(&freshness), SAID + IUM_FRESH_OK);
        assert_int_equal(freshness.state, bad[i]);
        assert_int_equal(status_of(set(1, 0)), SAID + IUM_FRESH_CONFLICT);
        assert_int_equal(ask_forget(), SAID + IUM_FRESH_OK);
        expect_none();
    }
}

static void time_and_clock(void **state)
{
    struct ium_freshness freshness;
    uint64_t time;

    (void)state;
    trustlet_fresh(&(struct ium_freshness){ .lasting = 1, .clock = 1000 });
    trustlet_time(50000);
    assert_int_equal(status_of(trustlet_call(session, TIME, NULL, 0, &time, sizeof(time))), TRUSTLET_SUCCESS);
    assert_int_equal(time, 50000);
    assert_int_equal(ask_look(&freshness), SAID + IUM_FRESH_OK);
    assert_int_equal(freshness.clock, 1005);
    trustlet_time(40000);
    assert_int_equal(status_of(trustlet_call(session, TIME, NULL, 0, &time, sizeof(time))), TRUSTLET_SUCCESS);
    assert_int_equal(time, 50000);
}

/* As the system calls are: each is told IUM_AGAIN before it is answered. */
static void again_comes_first(void **state)
{
    struct ium_freshness freshness = { .generation = 7 };

    (void)state;
    assert_int_equal(ium_freshness_get(&freshness), IUM_AGAIN);
    assert_int_equal(freshness.generation, 7);
    assert_int_equal(ium_freshness_get(&freshness), IUM_SUCCESS);
    assert_int_equal(freshness.generation, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_set_is_there_after_a_reboot, boot, end),
        cmocka_unit_test_setup_teardown(another_generation_is_a_conflict, boot, end),
        cmocka_unit_test_setup_teardown(forgetting, boot, end),
        cmocka_unit_test_setup_teardown(a_power_cut_leaves_the_old_or_the_new, boot, end),
        cmocka_unit_test_setup_teardown(a_device_that_fails, boot, end),
        cmocka_unit_test_setup_teardown(no_other_state_can_be_set_over, boot, end),
        cmocka_unit_test_setup_teardown(time_and_clock, boot, end),
        cmocka_unit_test_setup_teardown(again_comes_first, boot, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
