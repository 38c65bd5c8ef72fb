#include "calls.h"

#include <lib/format.h>
#include <lib/string.h>
#include <vtl0/hex.h>

#define RANDOM_RETRIES 100

static int64_t system_call(enum user_call number, uint64_t a, uint64_t b, uint64_t c)
{
    int64_t result;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "0"((uint64_t)number), "D"(a), "S"(b), "d"(c)
                     : "rcx", "r11", "memory");
    return result;
}

int64_t user_write(const char *text, size_t size)
{
    return system_call(USER_CALL_WRITE, (uint64_t)(uintptr_t)text, size, 0);
}

int64_t user_wait(int64_t result, char *command, size_t size)
{
    return system_call(USER_CALL_WAIT, (uint64_t)result, (uint64_t)(uintptr_t)command, size);
}

int64_t user_read_line(char *line, size_t size)
{
    return system_call(USER_CALL_READ_LINE, (uint64_t)(uintptr_t)line, size, 0);
}

int64_t user_vault(struct user_vault_call *call)
{
    return system_call(USER_CALL_VAULT, (uint64_t)(uintptr_t)call, 0, 0);
}

uint64_t user_time(void)
{
    return (uint64_t)system_call(USER_CALL_TIME, 0, 0, 0);
}

int64_t user_blob(struct user_blob_call *call)
{
    return system_call(USER_CALL_BLOB, (uint64_t)(uintptr_t)call, 0, 0);
}

int64_t user_nt(struct user_nt_call *call)
{
    return system_call(USER_CALL_NT, (uint64_t)(uintptr_t)call, 0, 0);
}

_Noreturn void user_end_work(void)
{
    system_call(USER_CALL_END_WORK, 0, 0, 0);
    __builtin_unreachable();
}

void print(const char *text, ...)
{
    char out[256];
    va_list arguments;

    va_start(arguments, text);
    user_write(out, format_v(out, sizeof(out), text, arguments));
    va_end(arguments);
}

void print_hex(const void *bytes, size_t size)
{
    const uint8_t *from = bytes;
    char out[128];

    while (size > 0) {
        size_t part = size < sizeof(out) / 2 ? size : sizeof(out) / 2;

        hex_encode(from, part, out);
        user_write(out, 2 * part);
        from += part;
        size -= part;
    }
}

static bool random_word(uint64_t *word)
{
    for (int i = 0; i < RANDOM_RETRIES; i++) {
        uint8_t ok;

        __asm__ volatile("rdrand %0; setc %1" : "=r"(*word), "=qm"(ok) : : "cc");
        if (ok != 0) {
            return true;
        }
    }
    return false;
}

bool random_bytes(void *to, size_t size)
{
    uint8_t *out = to;

    while (size > 0) {
        uint64_t word;
        size_t part = size < sizeof(word) ? size : sizeof(word);

        if (!random_word(&word)) {
            return false;
        }
        memcpy(out, &word, part);
        out += part;
        size -= part;
    }
    return true;
}
