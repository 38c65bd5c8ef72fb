/* The credential vault as a trustlet. */
#include <ium/trustlet.h>

#include <abi/credvault.h>

static uint32_t info(struct trustlet_call *call)
{
    (void)call;
    return CREDVAULT_CLOSED;
}

static const struct trustlet_command commands[] = {
    { CREDVAULT_INFO, 0, 0, sizeof(struct credvault_info), info },
};

const struct trustlet this_trustlet = {
    .commands = commands,
    .command_count = sizeof(commands) / sizeof(commands[0]),
};
