/* The smallest trustlet: it answers with what it was sent, and counts for each session. docs/trustlets.md walks through it. */
#include <ium/log.h>
#include <ium/text.h>
#include <ium/trustlet.h>

enum hello_command { HELLO_ECHO = 1, HELLO_COUNT = 2 };

struct hello_session {
    uint32_t echoes;
};

static uint32_t echo(struct trustlet_call *call)
{
    struct hello_session *session = call->state;

    if (call->input_size > call->reply_capacity) {
        return TRUSTLET_BAD_SIZE;
    }
    memcpy(call->reply, call->input, call->input_size);
    call->reply_size = call->input_size;
    session->echoes++;
    return TRUSTLET_SUCCESS;
}

static uint32_t count(struct trustlet_call *call)
{
    const struct hello_session *session = call->state;

    memcpy(call->reply, &session->echoes, sizeof(session->echoes));
    call->reply_size = sizeof(session->echoes);
    return TRUSTLET_SUCCESS;
}

static bool start(void)
{
    ium_print("hello from ring 3 of VTL1");
    return true;
}

static const struct trustlet_command commands[] = {
    { .command = HELLO_ECHO, .max_input = TRUSTLET_MAX_INPUT, .serve = echo },
    { .command = HELLO_COUNT, .min_reply = sizeof(uint32_t), .serve = count },
};

const struct trustlet this_trustlet = {
    .commands = commands,
    .command_count = sizeof(commands) / sizeof(commands[0]),
    .session_size = sizeof(struct hello_session),
    .start = start,
};
