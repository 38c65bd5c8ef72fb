/* iumbase's two buffers of large calls: nothing that one session's command left in them is there for the next. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <lib/string.h>

#include <ium/raw.h>

#define SIZE    4096u
#define SECRET  0xA5
#define WRITTEN 1000u

enum { WRITE_AND_REFUSE = 1, WRITE_AND_SAY_LESS, LOOK };

static uint8_t wire[SIZE], request[SIZE];
static uint32_t dirty; /* bytes that LOOK found not to be zero */

void secure_zero(void *to, size_t size)
{
    explicit_bzero(to, size);
}

static uint32_t invoke(uint64_t session, uint32_t command, const uint8_t *input, uint32_t input_size, struct trustlet_reply *reply)
{
    (void)session;
    (void)input;
    (void)input_size;
    if (command == LOOK) {
        for (uint32_t i = 0; i < SIZE; i++) {
            dirty += reply->data[i] != 0;
        }
        return 0;
    }
    memset(reply->data, SECRET, WRITTEN);
    reply->size = command == WRITE_AND_SAY_LESS ? 8 : 0;
    return command == WRITE_AND_REFUSE;
}

const struct trustlet_operations trustlet = { .invoke = invoke };

static void call(uint64_t session, uint32_t command, uint32_t size, uint32_t capacity)
{
    static struct ium_call call;

    call = (struct ium_call){ .session = session, .event = IUM_CALL_INVOKE_LARGE, .command = command, .size = size, .capacity = capacity };
    memset(wire, 0xC3, size); /* as the secure kernel copies the command there */
    ium_serve(&call);
}

/* The control: LOOK sees what is there. */
static void what_is_there_is_seen(void **state)
{
    (void)state;
    ium_serve_large(wire, request, SIZE);
    wire[SIZE - 1] = SECRET;
    dirty = 0;
    call(1, LOOK, 16, 0);
    assert_int_equal(dirty, 1);
    wire[SIZE - 1] = 0;
}

static void nothing_of_a_reply_is_left(void **state)
{
    static const uint32_t commands[] = { WRITE_AND_SAY_LESS, WRITE_AND_REFUSE };

    (void)state;
    ium_serve_large(wire, request, SIZE);
    for (unsigned i = 0; i < 2; i++) {
        dirty = 0;
        call(1, commands[i], 16, SIZE);
        call(2, LOOK, 16, SIZE);
        assert_int_equal(dirty, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_there_is_seen),
        cmocka_unit_test(nothing_of_a_reply_is_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
