/* Normal calls: what may be asked, and which answers are taken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <lib/string.h>

#include <sk/normal_call.h>
#include <sk/process.h>

static unsigned answered;
static uint32_t answered_status, answered_size;

void secure_zero(void *to, size_t size)
{
    explicit_bzero(to, size);
}

void thread_answer(struct thread *thread, uint32_t status, const void *data, uint32_t size)
{
    (void)thread;
    (void)data;
    answered++;
    answered_status = status;
    answered_size = size;
}

static void only_the_list_is_allowed(void **state)
{
    (void)state;
    assert_true(normal_call_allowed(NORMAL_CALL_READ_BLOB, 64, NORMAL_CALL_DATA_SIZE));
    assert_false(normal_call_allowed(NORMAL_CALL_READ_BLOB, 64, NORMAL_CALL_DATA_SIZE + 1));
    assert_false(normal_call_allowed(NORMAL_CALL_READ_BLOB, 63, 0));
    assert_true(normal_call_allowed(NORMAL_CALL_WRITE_BLOB, NORMAL_CALL_DATA_SIZE, 0));
    assert_false(normal_call_allowed(NORMAL_CALL_WRITE_BLOB, NORMAL_CALL_DATA_SIZE + 1, 0));
    assert_false(normal_call_allowed(0, 0, 0));
    assert_false(normal_call_allowed(UINT32_MAX, 0, 0));
    assert_int_equal(normal_call_longest_reply(NORMAL_CALL_TIME_HINT, 100), 8);
    assert_int_equal(normal_call_longest_reply(NORMAL_CALL_TIME_HINT, 3), 3);
}

static void a_question_says_who_asks(void **state)
{
    static struct ium_call call;
    struct process process = { .instance = 77, .image = { .identity = { 1, 2, 3 } } };
    struct thread thread = { .process = &process, .call = &call, .ask_number = NORMAL_CALL_LOG, .ask_size = 5 };
    static uint8_t data[SECURE_CALL_DATA_SIZE];
    struct secure_reply reply = { .data = data };
    struct normal_request request;

    (void)state;
    memcpy(call.data, "hello", 5);
    normal_call_ask(&thread, &reply);
    memcpy(&request, data, sizeof(request));
    assert_int_equal(reply.size, sizeof(request) + 5);
    assert_int_equal(request.number, NORMAL_CALL_LOG);
    assert_int_equal(request.size, 5);
    assert_int_equal(request.instance, 77);
    assert_memory_equal(request.identity, process.image.identity, 16);
    assert_memory_equal(data + sizeof(request), "hello", 5);
    assert_int_equal(call.data[0], 0);
}

/* Random answers: what is taken keeps the promises, what is not changes nothing. */
static void answers_are_claims(void **state)
{
    struct thread thread = { .ask_capacity = 40 };
    unsigned taken = 0;

    (void)state;
    srandom(5);
    for (unsigned i = 0; i < 200000; i++) {
        uint8_t input[80];
        struct normal_reply reply = { (uint32_t)random() % 6, (uint32_t)random() % 64 };
        uint32_t size = random() % 2 != 0 ? (uint32_t)sizeof(reply) + reply.size : (uint32_t)random() % sizeof(input);
        unsigned before = answered;

        memcpy(input, &reply, sizeof(reply));
        if (normal_call_answer(&thread, input, size) != SECURE_STATUS_SUCCESS) {
            assert_int_equal(answered, before);
            continue;
        }
        taken++;
        assert_int_equal(answered, before + 1);
        assert_true(answered_status < NORMAL_STATUS_COUNT && answered_size <= 40 && size == sizeof(reply) + answered_size);
        assert_true(answered_status == NORMAL_STATUS_SUCCESS || answered_size == 0);
    }
    assert_true(taken > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_list_is_allowed),
        cmocka_unit_test(a_question_says_who_asks),
        cmocka_unit_test(answers_are_claims),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
