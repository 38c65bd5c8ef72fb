#include "lsass.h"

#include <lib/string.h>

#include "calls.h"

#define COMMAND_SIZE 64u

static int64_t run(const char *name)
{
    print("error: lsass: unknown command %s\n", name);
    return -1;
}

int64_t user_main(void)
{
    char command[COMMAND_SIZE];
    int64_t result = 0;

    for (;;) {
        if (user_wait(result, command, sizeof(command)) < 0) {
            return 1;
        }
        result = run(command);
    }
}

int64_t lsass_vault(enum credvault_command command, const void *input, size_t input_size, void *output, size_t capacity,
                    size_t *output_size)
{
    struct user_vault_call call = {
        .command = command,
        .input = (uint64_t)(uintptr_t)input,
        .input_size = input_size,
        .output = (uint64_t)(uintptr_t)output,
        .output_capacity = capacity,
    };
    int64_t error = user_vault(&call);

    if (error != 0) {
        print("error: lsass: system call for the vault failed (%ld)\n", error);
        return -1;
    }
    if (call.secure_status != 0) {
        print("error: lsass: secure call failed (status %u)\n", call.secure_status);
        return -1;
    }
    *output_size = call.output_size;
    return call.status;
}
