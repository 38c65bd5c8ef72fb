#include "lsass.h"

#include <lib/string.h>

#include "calls.h"

#define COMMAND_SIZE 4608u

static bool carry(void *context, struct vault_exchange *exchange)
{
    struct user_vault_call call = {
        .command = exchange->command,
        .input = (uint64_t)(uintptr_t)exchange->input,
        .input_size = exchange->input_size,
        .output = (uint64_t)(uintptr_t)exchange->output,
        .output_capacity = exchange->capacity,
    };

    (void)context;
    if (user_vault(&call) != 0) {
        return false;
    }
    exchange->secure_status = call.secure_status;
    exchange->status = call.status;
    exchange->output_size = call.output_size;
    return true;
}

static void write(const char *text, size_t size)
{
    user_write(text, size);
}

struct lsass lsass = {
    .console = {
        .client = { .transport = carry }, .write = write, .random = random_bytes, .time = user_time, .read_blob = lsass_read_blob,
    },
};

bool lsass_read_blob(const char *name, uint8_t *bytes, size_t *size)
{
    struct user_blob_call call = { .action = USER_BLOB_READ, .bytes = (uint64_t)(uintptr_t)bytes };

    if (strlen(name) > sizeof(call.name)) {
        return false;
    }
    memcpy(call.name, name, strlen(name));
    if (user_blob(&call) != 0) {
        return false;
    }
    *size = call.size;
    return true;
}

bool lsass_succeeded(struct vault_result result, const char *what)
{
    if (!vault_succeeded(result)) {
        print("error: lsass: the vault %s: %s: ", what, vault_origin_text(result.origin));
        print("%s (status %u)\n", vault_status_words(result).text, result.status);
    }
    return vault_succeeded(result);
}

bool lsass_refused(const char *name, struct vault_result result, uint32_t wanted)
{
    print("@openvsm refused case=%s status=%u name=%s origin=%s\n", name, result.status, vault_status_words(result).name,
          vault_origin_name(result.origin));
    if (result.origin != VAULT_ORIGIN_VAULT || result.status != wanted) {
        print("error: lsass: %s was not refused as it must be\n", name);
        return false;
    }
    return true;
}

static const struct {
    const char *name;
    lsass_command *run;
} commands[] = {
    { "vault", lsass_vault },
    { "serve", lsass_serve },
    { "random", lsass_random },
    { "check-before", lsass_check_before },
    { "check-after", lsass_check_after },
    { "demo-info", lsass_demo_info },
    { "demo-provision", lsass_demo_provision },
    { "demo-keys", lsass_demo_keys },
    { "demo-totp", lsass_demo_totp },
    { "demo-list", lsass_demo_list },
    { "demo-ntlmv2", lsass_demo_ntlmv2 },
    { "demo-hmac", lsass_demo_hmac },
    { "demo-sign", lsass_demo_sign },
    { "demo-preauth", lsass_demo_preauth },
    { "demo-weak", lsass_demo_weak },
    { "demo-used-up", lsass_demo_used_up },
    { "demo-blobs", lsass_demo_blobs },
    { "demo-audit", lsass_demo_audit },
};

/* Cuts the first word off; returns what follows it. */
static char *split(char *line)
{
    while (*line != ' ' && *line != '\0') {
        line++;
    }
    if (*line != '\0') {
        *line++ = '\0';
    }
    return line;
}

static int64_t run(char *line)
{
    char *argument = split(line);

    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(line, commands[i].name) == 0) {
            return commands[i].run(argument);
        }
    }
    print("error: lsass: unknown command\n");
    return -1;
}

int64_t user_main(void)
{
    static char command[COMMAND_SIZE];
    int64_t result = 0;

    for (;;) {
        if (user_wait(result, command, sizeof(command)) < 0) {
            return 1;
        }
        result = run(command);
    }
}
