/* Tells a key of its own and what GET_PLATFORM says. What it tells is worth nothing: no other key follows from it. */
#include <ium/platform.h>
#include <ium/syscalls.h>
#include <ium/text.h>
#include <ium/trustlet.h>

enum teller_command { TELLER_KEY = 1, TELLER_PLATFORM = 2 };

static uint32_t key(struct trustlet_call *call)
{
    static const char purpose[] = "told";

    if (ium_derive_key(purpose, sizeof(purpose) - 1, call->reply) != IUM_SUCCESS) {
        return TRUSTLET_OWN_STATUS;
    }
    call->reply_size = IUM_KEY_SIZE;
    return TRUSTLET_SUCCESS;
}

static uint32_t platform(struct trustlet_call *call)
{
    struct ium_platform got;

    if (!ium_platform(&got)) {
        return TRUSTLET_OWN_STATUS;
    }
    memcpy(call->reply, &got, sizeof(got));
    call->reply_size = sizeof(got);
    return TRUSTLET_SUCCESS;
}

static const struct trustlet_command commands[] = {
    { .command = TELLER_KEY, .min_reply = IUM_KEY_SIZE, .serve = key },
    { .command = TELLER_PLATFORM, .min_reply = sizeof(struct ium_platform), .serve = platform },
};

const struct trustlet this_trustlet = { .commands = commands, .command_count = sizeof(commands) / sizeof(commands[0]) };
