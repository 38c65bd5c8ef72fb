/* The questions to VTL0: what is sent, and what becomes of every answer, impossible ones included. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <ium/ask.h>
#include <ium/syscalls.h>

static struct ium_normal_call asked, answer;
static int64_t result;
static unsigned questions;

/* The system call: what came, and then what is to come back. */
int64_t ium_normal_call(struct ium_normal_call *call)
{
    asked = *call;
    questions++;
    if (result == IUM_SUCCESS) {
        call->status = answer.status;
        call->reply_size = answer.reply_size;
        memcpy(call->data, answer.data, sizeof(call->data));
    }
    return result;
}

static int fresh(void **state)
{
    (void)state;
    memset(&asked, 0, sizeof(asked));
    memset(&answer, 0, sizeof(answer));
    for (size_t i = 0; i < sizeof(answer.data); i++) {
        answer.data[i] = (uint8_t)(i * 5 + 1);
    }
    result = IUM_SUCCESS;
    questions = 0;
    return 0;
}

static void say(uint32_t status, uint32_t size)
{
    answer.status = status;
    answer.reply_size = size;
}

static void assert_named(const char *name)
{
    char field[NORMAL_CALL_NAME_SIZE] = { 0 };

    memcpy(field, name, strlen(name));
    assert_memory_equal(asked.data, field, sizeof(field));
}

static void reads(void **state)
{
    uint8_t to[9] = { 0 };
    size_t size = 77;

    (void)state;
    say(NORMAL_STATUS_SUCCESS, 8);
    assert_int_equal(ium_ask_read_blob("a-name", to, 8, &size), IUM_ASK_DONE);
    assert_int_equal(asked.number, NORMAL_CALL_READ_BLOB);
    assert_int_equal(asked.request_size, NORMAL_CALL_NAME_SIZE);
    assert_named("a-name");
    assert_int_equal(size, 8);
    assert_memory_equal(to, answer.data, 8);
    assert_int_equal(to[8], 0);
}

static void a_blob_longer_than_the_room(void **state)
{
    uint8_t to[8] = { 0 };
    size_t size = 77;

    (void)state;
    say(NORMAL_STATUS_SUCCESS, 9);
    assert_int_equal(ium_ask_read_blob("a", to, 8, &size), IUM_ASK_TOO_LONG);
    assert_int_equal(size, 0);
    assert_int_equal(to[0], 0);
    say(NORMAL_STATUS_SUCCESS, 0);
    assert_int_equal(ium_ask_read_blob("a", to, 0, &size), IUM_ASK_DONE);
}

/* The largest blob, and one byte more. */
static void writes(void **state)
{
    static uint8_t data[IUM_ASK_MAX_BLOB + 1];

    (void)state;
    memset(data, 0xA7, sizeof(data));
    assert_int_equal(ium_ask_write_blob("w", data, IUM_ASK_MAX_BLOB), IUM_ASK_DONE);
    assert_int_equal(asked.number, NORMAL_CALL_WRITE_BLOB);
    assert_int_equal(asked.request_size, NORMAL_CALL_DATA_SIZE);
    assert_named("w");
    assert_memory_equal(asked.data + NORMAL_CALL_NAME_SIZE, data, IUM_ASK_MAX_BLOB);
    assert_int_equal(ium_ask_write_blob("w", data, IUM_ASK_MAX_BLOB + 1), IUM_ASK_BAD_ARGUMENT);
    assert_int_equal(ium_ask_write_blob("w", data, SIZE_MAX), IUM_ASK_BAD_ARGUMENT);
    assert_int_equal(questions, 1);
    assert_int_equal(ium_ask_write_blob("w", data, 0), IUM_ASK_DONE);
    assert_int_equal(asked.request_size, NORMAL_CALL_NAME_SIZE);
}

static void names(void **state)
{
    static const char longest[] = "0123456789012345678901234567890123456789012345678901234567890123";
    size_t size;

    (void)state;
    assert_int_equal(strlen(longest), NORMAL_CALL_NAME_SIZE);
    assert_int_equal(ium_ask_delete_blob(longest), IUM_ASK_BAD_ARGUMENT);
    assert_int_equal(ium_ask_delete_blob(""), IUM_ASK_BAD_ARGUMENT);
    assert_int_equal(ium_ask_read_blob("", &size, 0, &size), IUM_ASK_BAD_ARGUMENT);
    assert_int_equal(questions, 0);
    assert_int_equal(ium_ask_delete_blob(longest + 1), IUM_ASK_DONE);
    assert_int_equal(asked.number, NORMAL_CALL_DELETE_BLOB);
    assert_named(longest + 1);
}

static void the_time(void **state)
{
    uint64_t time = 1, wanted;

    (void)state;
    memcpy(&wanted, answer.data, sizeof(wanted));
    say(NORMAL_STATUS_SUCCESS, 8);
    assert_int_equal(ium_ask_time_hint(&time), IUM_ASK_DONE);
    assert_int_equal(time, wanted);
    assert_int_equal(asked.number, NORMAL_CALL_TIME_HINT);
    assert_int_equal(asked.request_size, 0);
    assert_int_equal(asked.reply_capacity, 8);
    for (uint32_t size = 0; size < 8; size++) {
        say(NORMAL_STATUS_SUCCESS, size);
        assert_int_equal(ium_ask_time_hint(&time), IUM_ASK_BAD_REPLY);
        assert_int_equal(time, 0);
    }
}

static void lines(void **state)
{
    char text[300];

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    assert_int_equal(ium_ask_log(text), IUM_ASK_DONE);
    assert_int_equal(asked.request_size, IUM_ASK_MAX_LOG);
    assert_int_equal(ium_ask_log("y"), IUM_ASK_DONE);
    assert_int_equal(asked.number, NORMAL_CALL_LOG);
    assert_int_equal(asked.request_size, 1);
    assert_int_equal(asked.data[0], 'y');
    assert_int_equal(ium_ask_log(""), IUM_ASK_BAD_ARGUMENT);
    assert_int_equal(questions, 2);
}

static void memory(void **state)
{
    uint64_t pages;

    (void)state;
    assert_int_equal(ium_ask_memory(0x123456789), IUM_ASK_DONE);
    memcpy(&pages, asked.data, sizeof(pages));
    assert_int_equal(asked.number, NORMAL_CALL_MEMORY);
    assert_int_equal(asked.request_size, 8);
    assert_int_equal(pages, 0x123456789);
}

/* Every status, with and without data, and sizes that no buffer has. Nothing of such an answer is used. */
static void wrong_answers(void **state)
{
    static const uint32_t sizes[] = { 0, 1, NORMAL_CALL_DATA_SIZE + 1, UINT32_MAX };
    uint8_t to[16] = { 0 }, zero[16] = { 0 };
    size_t size;

    (void)state;
    for (uint32_t status = 0; status < NORMAL_STATUS_COUNT + 3; status++) {
        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
            bool good = status < NORMAL_STATUS_COUNT && sizes[i] <= (status == NORMAL_STATUS_SUCCESS ? 1u : 0u);

            say(status, sizes[i]);
            memset(to, 0, sizeof(to));
            assert_int_equal(ium_ask_read_blob("n", to, sizeof(to), &size), good ? status : IUM_ASK_BAD_REPLY);
            assert_int_equal(size, good && status == NORMAL_STATUS_SUCCESS ? sizes[i] : 0);
            assert_memory_equal(to + size, zero, sizeof(to) - size);
            /* A reply where none belongs. */
            good = status < NORMAL_STATUS_COUNT && sizes[i] == 0;
            assert_int_equal(ium_ask_write_blob("n", to, 3), good ? status : IUM_ASK_BAD_REPLY);
        }
    }
}

static void not_allowed(void **state)
{
    uint64_t time;

    (void)state;
    result = IUM_UNKNOWN_SYSCALL;
    assert_int_equal(ium_ask_log("x"), IUM_ASK_NOT_ALLOWED);
    assert_int_equal(ium_ask_time_hint(&time), IUM_ASK_NOT_ALLOWED);
    result = IUM_BAD_ARGUMENT;
    assert_int_equal(ium_ask_memory(1), IUM_ASK_BAD_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(reads, fresh),
        cmocka_unit_test_setup(a_blob_longer_than_the_room, fresh),
        cmocka_unit_test_setup(writes, fresh),
        cmocka_unit_test_setup(names, fresh),
        cmocka_unit_test_setup(the_time, fresh),
        cmocka_unit_test_setup(lines, fresh),
        cmocka_unit_test_setup(memory, fresh),
        cmocka_unit_test_setup(wrong_answers, fresh),
        cmocka_unit_test_setup(not_allowed, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
