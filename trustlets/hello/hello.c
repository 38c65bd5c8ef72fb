/* The smallest trustlet: one command, which answers with what it was sent. docs/secure-kernel.md walks through it. */
#include <ium/trustlet.h>

#include <lib/string.h>

enum hello_command { HELLO_ECHO = 1 };
enum hello_status { HELLO_SUCCESS = 0, HELLO_UNKNOWN_COMMAND = 1, HELLO_TOO_LONG = 2 };

static bool start(void *heap, size_t heap_size)
{
    (void)heap;
    (void)heap_size;
    ium_print("hello from ring 3 of VTL1");
    return true;
}

static uint32_t open(uint64_t session)
{
    (void)session;
    return HELLO_SUCCESS;
}

static void close(uint64_t session)
{
    (void)session; /* nothing is kept for a session */
}

static uint32_t invoke(uint64_t session, uint32_t command, const uint8_t *input, uint32_t input_size,
                       struct trustlet_reply *reply)
{
    (void)session;
    if (command != HELLO_ECHO) {
        return HELLO_UNKNOWN_COMMAND;
    }
    if (input_size > reply->capacity) {
        return HELLO_TOO_LONG;
    }
    memcpy(reply->data, input, input_size);
    reply->size = input_size;
    return HELLO_SUCCESS;
}

const struct trustlet_operations trustlet = { .start = start, .open = open, .close = close, .invoke = invoke };
