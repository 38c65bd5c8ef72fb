/* A trustlet on raw.h with threads, under the harness: who serves, what is asked while others work, and ends. */
#include "trustlet.h"

#include <string.h>

#include <ium/ask.h>
#include <ium/exit.h>
#include <ium/raw.h>
#include <ium/syscalls.h>
#include <ium/thread.h>

enum { WHO = 1, ASK = 2, LEAVE = 3 };
enum { FURTHER = 2 }; /* with the first one as many as max_sessions */

static struct ium_thread further[FURTHER], one_more;
static enum ium_status refused;

static uint32_t command(uint32_t number, uint32_t who, uint8_t *reply, uint32_t *size)
{
    if (number == LEAVE) {
        ium_exit(IUM_EXIT_OWN + who);
    }
    if (number == ASK) {
        who += 10 * ium_ask_log("asking");
    }
    memcpy(reply, &who, sizeof(who));
    *size = sizeof(who);
    return 0;
}

static void serve(struct ium_call *call)
{
    uint32_t who = 1 + (uint32_t)((struct ium_thread *)call - further), size = 0;

    call->status = call->event == IUM_CALL_INVOKE ? command(call->command, who, call->data, &size) : 0;
    call->size = size;
}

static bool start(void *heap, size_t heap_size)
{
    (void)heap;
    (void)heap_size;
    for (unsigned i = 0; i < FURTHER; i++) {
        memset(&further[i], 0, sizeof(further[i]));
        if (ium_thread_create(&further[i], serve) != IUM_SUCCESS) {
            return false;
        }
    }
    refused = ium_thread_create(&one_more, serve);
    return true;
}

static uint32_t open(uint64_t session)
{
    (void)session;
    return 0;
}

static void close(uint64_t session)
{
    (void)session;
}

static uint32_t invoke(uint64_t session, uint32_t number, const uint8_t *input, uint32_t input_size, struct trustlet_reply *reply)
{
    (void)session;
    (void)input;
    (void)input_size;
    return command(number, 0, reply->data, &reply->size);
}

const struct trustlet_operations trustlet = { .start = start, .open = open, .close = close, .invoke = invoke };

static uint64_t sessions[3];
static enum trustlet_outcome fourth;
static uint32_t depth, said[3];

static struct trustlet_answer make(uint64_t session, uint32_t number, uint32_t *who)
{
    return trustlet_call(session, number, NULL, 0, who, sizeof(*who));
}

static int fresh(void **state)
{
    int failed = begin(state);

    for (unsigned i = 0; i < 3 && failed == 0; i++) {
        sessions[i] = trustlet_open();
    }
    depth = 0;
    trustlet_vtl0(NULL);
    return failed;
}

/* As many as there are sessions; the newest that waits gets the call. */
static void the_newest_serves(void **state)
{
    uint32_t who = 77;

    (void)state;
    assert_int_equal(refused, IUM_BAD_ARGUMENT);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(status_of(make(sessions[i], WHO, &who)), 0);
        assert_int_equal(who, 2);
    }
}

/* While one thread asks, another serves, until all do. */
static uint32_t ask_deeper(const struct trustlet_question *question, uint8_t *reply, uint32_t capacity, uint32_t *size)
{
    (void)question;
    (void)reply;
    (void)capacity;
    (void)size;
    depth++;
    if (depth < 3) {
        make(sessions[depth], ASK, &said[depth]);
    } else {
        fourth = make(sessions[0], WHO, &said[0]).outcome;
    }
    return NORMAL_STATUS_NO_SPACE;
}

static void sessions_at_once(void **state)
{
    uint32_t who;

    (void)state;
    trustlet_vtl0(ask_deeper);
    assert_int_equal(status_of(make(sessions[0], ASK, &who)), 0);
    assert_int_equal(who, 10 * IUM_ASK_NO_SPACE + 2);
    assert_int_equal(said[1], 10 * IUM_ASK_NO_SPACE + 1);
    assert_int_equal(said[2], 10 * IUM_ASK_NO_SPACE);
    assert_int_equal(depth, 3);
    assert_int_equal(fourth, TRUSTLET_BUSY);
}

static void a_thread_ends_it(void **state)
{
    uint32_t who;

    (void)state;
    assert_int_equal(make(sessions[1], LEAVE, &who).outcome, TRUSTLET_ENDED);
    assert_int_equal(trustlet_exit_code(), IUM_EXIT_OWN + 2);
    assert_int_equal(make(sessions[0], WHO, &who).outcome, TRUSTLET_NOT_RUNNING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_newest_serves, fresh, end),
        cmocka_unit_test_setup_teardown(sessions_at_once, fresh, end),
        cmocka_unit_test_setup_teardown(a_thread_ends_it, fresh, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
