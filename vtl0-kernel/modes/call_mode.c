/*
 * Commands to a trustlet, for ./openvsm call: one session with the first
 * trustlet of the boot image, the commands of the load option call= in order.
 * "@openvsm answer command=N secure=STATUS status=N data=HEX" for each; at the end "@openvsm call-delay tsc=N ticks=N", how late the
 * timer's interrupt came at most meanwhile, and how often.
 */
#include <vtl0/modes.h>

#include <vtl0/console.h>
#include <vtl0/processor.h>
#include <vtl0/secure_call.h>
#include <vtl0/testing.h>
#include <vtl0/trustlet.h>
#include <vtl0/vsm.h>

struct command {
    uint32_t number;
    uint8_t data[SECURE_CALL_DATA_SIZE - sizeof(struct secure_invoke)];
    size_t size;
};

static int digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static const char *parse_data(const char *text, struct command *command)
{
    while (digit(text[0]) >= 0 && digit(text[1]) >= 0) {
        command->data[command->size++] = (uint8_t)(digit(text[0]) << 4 | digit(text[1]));
        text += 2;
    }
    return text;
}

/* COMMAND[:HEX], and the comma behind it. NULL: something else. */
static const char *parse_command(const char *text, struct command *command)
{
    const char *from = text;

    command->number = 0;
    command->size = 0;
    while (*text >= '0' && *text <= '9') {
        command->number = command->number * 10 + (uint32_t)(*text++ - '0');
    }
    if (text == from) {
        return NULL;
    }
    if (*text == ':') {
        text = parse_data(text + 1, command);
    }
    if (*text == ',') {
        return text + 1;
    }
    return *text == '\0' ? text : NULL;
}

static void tell(const struct command *command, uint32_t secure, uint32_t status)
{
    console_printf("@openvsm answer command=%u secure=%s status=%u data=", command->number, secure_status_text(secure), status);
    for (size_t i = 0; i < command->size; i++) {
        console_printf("%02x", command->data[i]);
    }
    console_printf("\n");
}

static bool serve(uint64_t session, const char *text)
{
    static struct command command;

    while (text != NULL && *text != '\0') {
        uint32_t status = 0, secure;

        text = parse_command(text, &command);
        if (text == NULL) {
            console_printf("error: vtl0 kernel: call= is COMMAND[:HEX],... in small letters\n");
            return false;
        }
        secure = trustlet_invoke(session, command.number, command.data, &command.size,
                                 sizeof(command.data) - sizeof(struct secure_invoke_reply), &status);
        tell(&command, secure, status);
    }
    return true;
}

int mode_call(const struct mode_context *context)
{
    struct secure_trustlet trustlet;
    uint64_t session, from;
    size_t count = 0;
    uint32_t status;

    if (vsm_state() != VSM_READY || trustlet_list(0, &trustlet, 1, &count) != SECURE_STATUS_SUCCESS || count == 0) {
        console_printf("error: vtl0 kernel: no trustlet to call\n");
        return 1;
    }
    status = trustlet_open(trustlet.identity, trustlet.instance, &session);
    if (status != SECURE_STATUS_SUCCESS) {
        console_printf("error: vtl0 kernel: no session: %s\n", secure_status_text(status));
        return 1;
    }
    this_processor()->worst_tick = 0;
    from = this_processor()->ticks;
    if (!serve(session, context->options->call)) {
        return 1;
    }
    console_printf("@openvsm call-delay tsc=%lu ticks=%lu\n", test_worst_delay(), this_processor()->ticks - from);
    return trustlet_close(session) == SECURE_STATUS_SUCCESS ? 0 : 1;
}
