/* What iumbase does before and after a trustlet's own functions, by a trustlet made for it. */
#include "trustlet.h"

#include <string.h>

#include <ium/exit.h>
#include <ium/heap.h>
#include <ium/identity.h>
#include <ium/log.h>
#include <ium/platform.h>
#include <ium/syscalls.h>
#include <ium/text.h>
#include <ium/time.h>

#define LARGE      5000u
#define STATE_SIZE 2500u /* twice in what LARGE leaves of the four pages of heap, not three times */
#define REFUSE     9u

enum { SEE = 1, TOO_LONG = 2, LEAVE = 3, STATE = 4, MIRROR = 5 };

static struct {
    bool start_fails;
    uint32_t open_status;
    unsigned opened, closed, served;
    void *closed_state;
    uint8_t closed_first;
    struct trustlet_call seen;
} seen;

static uint32_t see(struct trustlet_call *call)
{
    seen.served++;
    seen.seen = *call;
    memset(call->reply, 0xEE, call->reply_capacity);
    call->reply_size = 2;
    return 40;
}

static uint32_t too_long(struct trustlet_call *call)
{
    call->reply_size = call->reply_capacity + 1;
    return TRUSTLET_SUCCESS;
}

static uint32_t leave(struct trustlet_call *call)
{
    (void)call;
    ium_exit(IUM_EXIT_OWN + 5);
}

static uint32_t set_state(struct trustlet_call *call)
{
    uint8_t *state = call->state;
    uint8_t before = state[STATE_SIZE - 1];

    memset(state, call->input[0], STATE_SIZE);
    return before;
}

static uint32_t mirror(struct trustlet_call *call)
{
    for (uint32_t i = 0; i < call->reply_capacity; i++) {
        assert_int_equal(call->reply[i], 0);
    }
    for (uint32_t i = 0; i < call->input_size; i++) {
        call->reply[i] = (uint8_t)~call->input[call->input_size - 1 - i];
    }
    call->reply_size = call->input_size;
    return TRUSTLET_SUCCESS;
}

static bool start(void)
{
    return !seen.start_fails;
}

static uint32_t open(uint64_t session, void *state)
{
    seen.opened++;
    assert_true(session != 0);
    for (size_t i = 0; i < STATE_SIZE; i++) {
        assert_int_equal(((uint8_t *)state)[i], 0);
    }
    return seen.open_status;
}

static void close(uint64_t session, void *state)
{
    assert_true(session != 0);
    seen.closed++;
    seen.closed_state = state;
    seen.closed_first = *(uint8_t *)state;
}

static const struct trustlet_command commands[] = {
    { .command = SEE, .min_input = 4, .max_input = 6, .min_reply = 10, .serve = see },
    { .command = TOO_LONG, .serve = too_long },
    { .command = LEAVE, .serve = leave },
    { .command = STATE, .min_input = 1, .max_input = 1, .serve = set_state },
    { .command = MIRROR, .min_input = 1, .max_input = LARGE - 1, .min_reply = LARGE - 1, .serve = mirror },
};

const struct trustlet this_trustlet = {
    .commands = commands,
    .command_count = sizeof(commands) / sizeof(commands[0]),
    .large_size = LARGE,
    .session_size = STATE_SIZE,
    .start = start,
    .open = open,
    .close = close,
};

static uint8_t out[64];

static int fresh(void **state)
{
    memset(&seen, 0, sizeof(seen));
    return begin(state);
}

static uint32_t see_sizes(uint64_t session, uint32_t in_size, uint32_t capacity)
{
    return status_of(trustlet_call(session, SEE, "abcdefgh", in_size, out, capacity));
}

static void sizes_are_checked(void **state)
{
    uint64_t session = trustlet_open();

    (void)state;
    assert_int_equal(see_sizes(session, 3, 10), TRUSTLET_BAD_SIZE);
    assert_int_equal(see_sizes(session, 7, 10), TRUSTLET_BAD_SIZE);
    assert_int_equal(see_sizes(session, 4, 9), TRUSTLET_BAD_SIZE);
    assert_int_equal(see_sizes(session, 0, 0), TRUSTLET_BAD_SIZE);
    assert_int_equal(status_of(trustlet_call(session, 99, "abcd", 4, out, 10)), TRUSTLET_UNKNOWN_COMMAND);
    assert_int_equal(seen.served, 0);
    assert_int_equal(see_sizes(session, 4, 10), 40);
    assert_int_equal(see_sizes(session, 6, 11), 40);
    assert_int_equal(seen.served, 2);
}

static void a_call_says_everything(void **state)
{
    uint64_t session = trustlet_open();
    struct trustlet_answer answer;

    (void)state;
    memset(out, 0x11, sizeof(out));
    answer = trustlet_call(session, SEE, "abcde", 5, out, 12);
    assert_int_equal(seen.seen.session, session);
    assert_int_equal(seen.seen.command, SEE);
    assert_int_equal(seen.seen.input_size, 5);
    assert_int_equal(seen.seen.reply_capacity, 12);
    assert_int_equal(answer.size, 2);
    assert_int_equal(out[1], 0xEE);
    assert_int_equal(out[2], 0x11);
}

/* Above 4024 bytes a call is a large one; the row's limits hold for it as for the others. */
static void large_calls(void **state)
{
    static uint8_t in[LARGE + 1], reply[LARGE];
    uint64_t session = trustlet_open();
    struct trustlet_answer answer;

    (void)state;
    for (uint32_t i = 0; i < LARGE; i++) {
        in[i] = (uint8_t)(i * 7 + i / 256);
    }
    answer = trustlet_call(session, MIRROR, in, LARGE - 1, reply, LARGE);
    assert_int_equal(status_of(answer), TRUSTLET_SUCCESS);
    assert_int_equal(answer.size, LARGE - 1);
    for (uint32_t i = 0; i < LARGE - 1; i++) {
        assert_int_equal(reply[i], (uint8_t)~in[LARGE - 2 - i]);
    }
    assert_int_equal(status_of(trustlet_call(session, MIRROR, in, 5, reply, LARGE)), TRUSTLET_SUCCESS);
    assert_int_equal(status_of(trustlet_call(session, MIRROR, in, LARGE, reply, LARGE)), TRUSTLET_BAD_SIZE);
    assert_int_equal(status_of(trustlet_call(session, MIRROR, in, LARGE - 1, reply, LARGE - 2)), TRUSTLET_BAD_SIZE);
    assert_int_equal(trustlet_call(session, MIRROR, in, LARGE + 1, reply, LARGE).outcome, TRUSTLET_TOO_LONG);
}

static void sessions_have_their_state(void **state)
{
    uint64_t first = trustlet_open(), second = trustlet_open();

    (void)state;
    assert_int_equal(status_of(trustlet_call(first, STATE, "\x05", 1, out, 0)), 0);
    assert_int_equal(status_of(trustlet_call(second, STATE, "\x06", 1, out, 0)), 0);
    assert_int_equal(status_of(trustlet_call(first, STATE, "\x07", 1, out, 0)), 5);
    assert_int_equal(status_of(trustlet_call(second, STATE, "\x07", 1, out, 0)), 6);
    trustlet_close(first);
    assert_int_equal(seen.closed, 1);
    assert_int_equal(seen.closed_first, 7);
    first = trustlet_open();
    assert_int_equal(status_of(trustlet_call(first, STATE, "\x08", 1, out, 0)), 0);
}

static void no_memory_for_a_session(void **state)
{
    uint64_t first = trustlet_open(), second = trustlet_open();

    (void)state;
    assert_true(first != 0 && second != 0);
    assert_int_equal(trustlet_open(), 0);
    assert_int_equal(trustlet_last_status(), TRUSTLET_NO_MEMORY);
    assert_int_equal(seen.opened, 2);
    trustlet_close(second);
    assert_true(trustlet_open() != 0);
}

static void a_refused_session_leaves_nothing(void **state)
{
    size_t before = ium_heap_free_bytes();

    (void)state;
    seen.open_status = REFUSE;
    assert_int_equal(trustlet_open(), 0);
    assert_int_equal(trustlet_last_status(), REFUSE);
    assert_int_equal(ium_heap_free_bytes(), before);
    assert_int_equal(seen.closed, 0);
}

static void ends(void **state)
{
    uint64_t session = trustlet_open();

    (void)state;
    assert_int_equal(trustlet_call(session, TOO_LONG, NULL, 0, out, 4).outcome, TRUSTLET_ENDED);
    assert_int_equal(trustlet_exit_code(), IUM_EXIT_REPLY_TOO_LONG);
    assert_int_equal(trustlet_call(session, TOO_LONG, NULL, 0, out, 4).outcome, TRUSTLET_NOT_RUNNING);
    assert_int_equal(trustlet_open(), 0);
    assert_true(trustlet_start());
    session = trustlet_open();
    assert_int_equal(trustlet_call(session, LEAVE, NULL, 0, out, 4).outcome, TRUSTLET_ENDED);
    assert_int_equal(trustlet_exit_code(), IUM_EXIT_OWN + 5);
}

static void start_may_refuse(void **state)
{
    (void)state;
    seen.start_fails = true;
    assert_false(trustlet_start());
    assert_int_equal(trustlet_exit_code(), IUM_EXIT_START_REFUSED);
    assert_int_equal(trustlet_open(), 0);
}

static void system_calls_are_the_manifest_s(void **state)
{
    static const uint8_t identity[16] = { [14] = 0xba, [15] = 0x5e };
    struct ium_identity mine;
    uint8_t key[IUM_KEY_SIZE];

    (void)state;
    assert_true(ium_who_am_i(&mine));
    assert_memory_equal(mine.identity, identity, sizeof(identity));
    assert_int_equal(mine.security_version, 3);
    assert_int_equal(ium_derive_key("x", 1, key), IUM_UNKNOWN_SYSCALL);
}

/* A machine without a TPM, until the test says otherwise. */
static void the_platform_is_the_test_s(void **state)
{
    static const struct ium_platform none, machine = { .root = IUM_ROOT_TPM, .pcr_code = { 1 }, .pcr_trustlets = { [31] = 3 } };
    struct ium_platform got;

    (void)state;
    assert_true(ium_platform(&got));
    assert_memory_equal(&got, &none, sizeof(got));
    trustlet_platform(&machine);
    assert_true(ium_platform(&got));
    assert_memory_equal(&got, &machine, sizeof(got));
    trustlet_platform(NULL);
    assert_true(ium_platform(&got));
    assert_memory_equal(&got, &none, sizeof(got));
}

static void small_helpers(void **state)
{
    uint64_t ticks = ium_ticks();

    (void)state;
    assert_true(ium_ticks() >= ticks && ticks != 0);
    assert_true(ium_equal("abc", "abc", 3));
    assert_false(ium_equal("abc", "abd", 3));
    assert_false(ium_equal("bbc", "abc", 3));
    assert_true(ium_equal("abc", "xyz", 0));
    ium_printf("%s %u", "printed", 7u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(sizes_are_checked, fresh, end),
        cmocka_unit_test_setup_teardown(a_call_says_everything, fresh, end),
        cmocka_unit_test_setup_teardown(large_calls, fresh, end),
        cmocka_unit_test_setup_teardown(sessions_have_their_state, fresh, end),
        cmocka_unit_test_setup_teardown(no_memory_for_a_session, fresh, end),
        cmocka_unit_test_setup_teardown(a_refused_session_leaves_nothing, fresh, end),
        cmocka_unit_test_setup_teardown(ends, fresh, end),
        cmocka_unit_test_setup_teardown(start_may_refuse, fresh, end),
        cmocka_unit_test_setup_teardown(system_calls_are_the_manifest_s, fresh, end),
        cmocka_unit_test_setup_teardown(the_platform_is_the_test_s, fresh, end),
        cmocka_unit_test_setup_teardown(small_helpers, fresh, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
