#include "inspector.h"

#include <lib/string.h>

#include "calls.h"

#define COMMAND_SIZE 64u
#define PART         4096u

uint32_t nt(enum nt_service service, const uint64_t in[4], uint64_t out[3])
{
    struct user_nt_call call = { .service = service };

    memcpy(call.in, in, sizeof(call.in));
    if (user_nt(&call) != 0) {
        return STATUS_INVALID_SYSTEM_SERVICE;
    }
    memcpy(out, call.out, sizeof(call.out));
    return call.status;
}

bool report(const char *id, uint64_t good, uint64_t wanted)
{
    print("@openvsm test id=%s outcome=%s detail=%lu/%lu\n", id, good == wanted ? "ok" : "failed", good, wanted);
    return good == wanted;
}

uint64_t open_process(uint64_t pid, uint32_t access)
{
    uint64_t out[3];

    return nt(NT_SERVICE_NtOpenProcess, (uint64_t[4]){ pid, access }, out) == STATUS_SUCCESS ? out[0] : 0;
}

uint32_t nt_close(uint64_t handle)
{
    uint64_t out[3];

    return nt(NT_SERVICE_NtClose, (uint64_t[4]){ handle }, out);
}

/* As Windows' documentation has it be asked: the extended form of the basic information. */
uint32_t query_flags(uint64_t handle, uint64_t pid, uint32_t *flags)
{
    PROCESS_EXTENDED_BASIC_INFORMATION info = { .Size = sizeof(info) };
    uint64_t out[3];
    uint32_t status = nt(NT_SERVICE_NtQueryInformationProcess,
                         (uint64_t[4]){ handle, ProcessBasicInformation, (uint64_t)&info, sizeof(info) }, out);

    *flags = info.BasicInfo.UniqueProcessId == pid ? info.Flags : UINT32_MAX;
    return status;
}

static void dump_region(uint64_t handle, uint64_t base, uint64_t size, struct dump *dump)
{
    static uint64_t part[PART / sizeof(uint64_t)];
    uint64_t out[3];

    for (uint64_t at = 0; at < size; at += PART) {
        nt(NT_SERVICE_NtReadVirtualMemory, (uint64_t[4]){ handle, base + at, (uint64_t)part, PART }, out);
        dump->bytes += out[0];
        for (uint64_t i = 0; i < out[0] / sizeof(part[0]); i++) {
            dump->found = dump->found || part[i] == SUBJECT_READY;
        }
    }
}

struct dump dump_memory(uint64_t handle)
{
    struct dump dump = { 0 };
    uint64_t out[3], at = UINT64_C(0x400000000000);

    while (nt(NT_SERVICE_NtQueryVirtualMemory, (uint64_t[4]){ handle, at }, out) == STATUS_SUCCESS) {
        at = out[0] + out[1];
        if (out[2] != PAGE_NOACCESS) {
            dump_region(handle, out[0], out[1], &dump);
        }
    }
    return dump;
}

void code_that_writes(uint8_t code[CODE_SIZE], uint32_t value)
{
    static const uint8_t text[CODE_SIZE] = { 0x48, 0xC7, 0x07, 0, 0, 0, 0, 0xB8, USER_CALL_END_WORK, 0, 0, 0, 0x0F, 0x05, 0x0F, 0x0B };

    memcpy(code, text, sizeof(text));
    memcpy(code + 3, &value, sizeof(value));
}

static uint64_t number_of(const char *text)
{
    uint64_t number = 0;

    for (; *text != '\0'; text++) {
        number = number << 4 | (uint64_t)(*text <= '9' ? *text - '0' : *text - 'a' + 10);
    }
    return number;
}

/* "NAME NUMBER", the number in hexadecimal digits. */
static int64_t run(const char *line)
{
    static const struct {
        const char *name;
        int64_t (*run)(uint64_t number);
    } commands[] = {
        { "keep ", subject_keep }, { "ordinary ", inspect_ordinary }, { "ordinary-after ", inspect_ordinary_after },
        { "faulted ", inspect_faulted }, { "stop ", inspect_stop },
        { "secure ", inspect_secure }, { "owners ", inspect_owners }, { "end ", inspect_end },
    };

    if (strcmp(line, "break") == 0) {
        return subject_break();
    }
    for (unsigned i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        size_t length = strlen(commands[i].name);

        if (memcmp(line, commands[i].name, length) == 0) {
            return commands[i].run(number_of(line + length));
        }
    }
    return -1;
}

int64_t user_main(void)
{
    char line[COMMAND_SIZE] = { 0 };
    int64_t result = 0;

    for (;;) {
        if (user_wait(result, line, sizeof(line)) < 0) {
            return 1;
        }
        result = run(line);
    }
}
