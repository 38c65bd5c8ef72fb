/* A trustlet that asks VTL0 and is cancelled, under the harness; VTL0 is played here. */
#include "trustlet.h"

#include <string.h>

#include <ium/ask.h>
#include <ium/cancel.h>
#include <ium/syscalls.h>

enum { KEEP = 1, FETCH = 2, WHEN = 3, COUNT = 4, ALL = 5 };
enum { ASKED = 100 }; /* a status: what asking said */

static enum ium_ask_status start_said;

static uint32_t keep(struct trustlet_call *call)
{
    return ASKED + ium_ask_write_blob("kept", call->input, call->input_size);
}

static uint32_t fetch(struct trustlet_call *call)
{
    size_t size;
    enum ium_ask_status status = ium_ask_read_blob("kept", call->reply, call->reply_capacity, &size);

    call->reply_size = (uint32_t)size;
    return ASKED + status;
}

static uint32_t when(struct trustlet_call *call)
{
    uint64_t time;
    enum ium_ask_status status = ium_ask_time_hint(&time);

    memcpy(call->reply, &time, sizeof(time));
    call->reply_size = sizeof(time);
    return ASKED + status;
}

/* Counts until it is cancelled. */
static uint32_t count(struct trustlet_call *call)
{
    uint32_t rounds = 0;

    while (rounds < 1000 && !ium_cancelled()) {
        rounds++;
    }
    memcpy(call->reply, &rounds, sizeof(rounds));
    call->reply_size = sizeof(rounds);
    return TRUSTLET_SUCCESS;
}

static uint32_t ask_all(struct trustlet_call *call)
{
    bool good = ium_ask_log("a line") == IUM_ASK_DONE && ium_ask_memory(16) == IUM_ASK_NO_SPACE &&
                ium_ask_delete_blob("kept") == IUM_ASK_NOT_FOUND;

    (void)call;
    return good ? TRUSTLET_SUCCESS : TRUSTLET_OWN_STATUS;
}

static const struct trustlet_command commands[] = {
    { .command = KEEP, .max_input = 64, .serve = keep },
    { .command = FETCH, .serve = fetch },
    { .command = WHEN, .min_reply = 8, .serve = when },
    { .command = COUNT, .min_reply = 4, .serve = count },
    { .command = ALL, .serve = ask_all },
};

static bool start(void)
{
    start_said = ium_ask_log("is anybody there?");
    return !ium_cancelled();
}

const struct trustlet this_trustlet = {
    .commands = commands,
    .command_count = sizeof(commands) / sizeof(commands[0]),
    .start = start,
};

static struct {
    uint8_t blob[64];
    uint32_t size;
    uint32_t wrong; /* answers to give before the right one */
    char line[16];
    uint64_t pages;
} vtl0;

static uint32_t wrong_answer(uint8_t *reply, uint32_t capacity, uint32_t *size)
{
    static const uint32_t statuses[] = { NORMAL_STATUS_COUNT, NORMAL_STATUS_SUCCESS, NORMAL_STATUS_REFUSED };
    uint32_t status = statuses[--vtl0.wrong % 3];

    memset(reply, 0xBB, NORMAL_CALL_DATA_SIZE);
    *size = status == NORMAL_STATUS_SUCCESS ? capacity + 1 : 1;
    return status;
}

static uint32_t blob(const struct trustlet_question *question, uint8_t *reply, uint32_t *size)
{
    if (strcmp((const char *)question->request, "kept") != 0 || question->number == NORMAL_CALL_DELETE_BLOB) {
        return NORMAL_STATUS_NOT_FOUND;
    }
    if (question->number == NORMAL_CALL_WRITE_BLOB) {
        vtl0.size = question->size - NORMAL_CALL_NAME_SIZE;
        memcpy(vtl0.blob, question->request + NORMAL_CALL_NAME_SIZE, vtl0.size);
    } else {
        *size = vtl0.size;
        memcpy(reply, vtl0.blob, vtl0.size);
    }
    return NORMAL_STATUS_SUCCESS;
}

static uint32_t answers(const struct trustlet_question *question, uint8_t *reply, uint32_t capacity, uint32_t *size)
{
    static const uint64_t time = 0x1D00000000000000;

    if (vtl0.wrong > 0) {
        return wrong_answer(reply, capacity, size);
    }
    switch (question->number) {
    case NORMAL_CALL_TIME_HINT:
        memcpy(reply, &time, sizeof(time));
        *size = sizeof(time);
        return NORMAL_STATUS_SUCCESS;
    case NORMAL_CALL_LOG:
        memcpy(vtl0.line, question->request, question->size);
        return NORMAL_STATUS_SUCCESS;
    case NORMAL_CALL_MEMORY:
        memcpy(&vtl0.pages, question->request, sizeof(vtl0.pages));
        return NORMAL_STATUS_NO_SPACE;
    default:
        return blob(question, reply, size);
    }
}

static uint8_t out[64];

static int fresh(void **state)
{
    memset(&vtl0, 0, sizeof(vtl0));
    memset(out, 0, sizeof(out));
    trustlet_vtl0(NULL);
    return begin(state);
}

/* Before anybody answers, as while VTL1 boots. */
static void nobody_to_ask(void **state)
{
    uint64_t session = trustlet_open();

    (void)state;
    assert_int_equal(start_said, IUM_ASK_REFUSED);
    assert_int_equal(status_of(trustlet_call(session, FETCH, NULL, 0, out, 64)), ASKED + IUM_ASK_REFUSED);
}

static void a_blob_and_back(void **state)
{
    uint64_t session = trustlet_open();
    struct trustlet_answer answer;

    (void)state;
    trustlet_vtl0(answers);
    assert_int_equal(status_of(trustlet_call(session, KEEP, "sealed bytes", 12, out, 0)), ASKED + IUM_ASK_DONE);
    assert_int_equal(vtl0.size, 12);
    answer = trustlet_call(session, FETCH, NULL, 0, out, 64);
    assert_int_equal(status_of(answer), ASKED + IUM_ASK_DONE);
    assert_int_equal(answer.size, 12);
    assert_memory_equal(out, "sealed bytes", 12);
    assert_int_equal(status_of(trustlet_call(session, FETCH, NULL, 0, out, 11)), ASKED + IUM_ASK_TOO_LONG);
}

static void the_other_questions(void **state)
{
    uint64_t session = trustlet_open();

    (void)state;
    trustlet_vtl0(answers);
    assert_int_equal(status_of(trustlet_call(session, ALL, NULL, 0, out, 0)), TRUSTLET_SUCCESS);
    assert_string_equal(vtl0.line, "a line");
    assert_int_equal(vtl0.pages, 16);
}

/* What the secure kernel does not let through: the question stays open until a right answer comes. */
static void wrong_answers(void **state)
{
    uint64_t session = trustlet_open(), time;
    uint32_t before = trustlet_bad_replies();

    (void)state;
    trustlet_vtl0(answers);
    vtl0.wrong = 7;
    assert_int_equal(status_of(trustlet_call(session, WHEN, NULL, 0, out, 8)), ASKED + IUM_ASK_DONE);
    memcpy(&time, out, sizeof(time));
    assert_int_equal(time, 0x1D00000000000000);
    assert_int_equal(trustlet_bad_replies(), before + 7);
}

static uint32_t rounds_of(uint64_t session)
{
    uint32_t rounds;

    assert_int_equal(status_of(trustlet_call(session, COUNT, NULL, 0, out, 4)), TRUSTLET_SUCCESS);
    memcpy(&rounds, out, sizeof(rounds));
    return rounds;
}

static void cancelled(void **state)
{
    uint64_t session = trustlet_open();

    (void)state;
    assert_int_equal(rounds_of(session), 1000);
    trustlet_cancel(17);
    assert_int_equal(rounds_of(session), 17);
    assert_int_equal(rounds_of(session), 1000);
    trustlet_cancel(0);
    assert_int_equal(ium_is_cancelled(), 0); /* outside of a call there is nothing to cancel */
    assert_int_equal(rounds_of(session), 0);
}

/* The raw system call keeps to the list. */
static void not_in_the_list(void **state)
{
    static struct ium_normal_call call = { .number = 7, .request_size = 8 };

    (void)state;
    trustlet_vtl0(answers);
    assert_int_equal(ium_normal_call(&call), IUM_BAD_ARGUMENT);
    call = (struct ium_normal_call){ .number = NORMAL_CALL_LOG, .request_size = 257 };
    assert_int_equal(ium_normal_call(&call), IUM_BAD_ARGUMENT);
    call = (struct ium_normal_call){ .number = NORMAL_CALL_READ_BLOB, .request_size = 63 };
    assert_int_equal(ium_normal_call(&call), IUM_BAD_ARGUMENT);
    call = (struct ium_normal_call){ .number = NORMAL_CALL_TIME_HINT, .reply_capacity = NORMAL_CALL_DATA_SIZE + 1 };
    assert_int_equal(ium_normal_call(&call), IUM_BAD_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nobody_to_ask, fresh, end),
        cmocka_unit_test_setup_teardown(a_blob_and_back, fresh, end),
        cmocka_unit_test_setup_teardown(the_other_questions, fresh, end),
        cmocka_unit_test_setup_teardown(wrong_answers, fresh, end),
        cmocka_unit_test_setup_teardown(cancelled, fresh, end),
        cmocka_unit_test_setup_teardown(not_in_the_list, fresh, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
