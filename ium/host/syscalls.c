/* iumdll's functions for the build machine. Only what a trustlet may call: the loader is no part of it. */
#include <ium/syscalls.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ium/host.h>

#include "internal.h"

struct host_exit host_exit;

static struct ium_platform host_platform;

void trustlet_platform(const struct ium_platform *platform)
{
    host_platform = platform != NULL ? *platform : (struct ium_platform){ .root = IUM_ROOT_RANDOM };
}

bool host_allows(enum ium_syscall number)
{
    return (trustlet_manifest()->syscalls >> number & 1) != 0;
}

_Noreturn void ium_exit(uint32_t code)
{
    host_exit.code = code;
    if (host_thread_is_self()) {
        host_thread_exit();
    }
    if (!host_exit.armed) {
        fprintf(stderr, "ium_exit(%u) outside of a call\n", code);
        abort();
    }
    longjmp(host_exit.back, 1);
}

static char last_line[IUM_MAX_LOG + 1];

const char *trustlet_last_line(void)
{
    return last_line;
}

int64_t ium_log(const char *text, size_t length)
{
    if (!host_allows(IUM_SYSCALL_LOG)) {
        return IUM_UNKNOWN_SYSCALL;
    }
    if (length > IUM_MAX_LOG) {
        return IUM_BAD_ARGUMENT;
    }
    for (size_t i = 0; i < length; i++) {
        last_line[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
    }
    last_line[length] = '\0';
    printf("%.32s: %s\n", trustlet_manifest()->name, last_line);
    return IUM_SUCCESS;
}

/* Not the secure kernel's function, only as dependent on everything it depends on: four chained 64-bit hashes (FNV-1a). */
static void mix(uint64_t *state, const void *data, size_t size)
{
    const uint8_t *bytes = data;

    for (size_t i = 0; i < size; i++) {
        *state = (*state ^ bytes[i]) * UINT64_C(0x100000001B3);
    }
    *state = (*state ^ size) * UINT64_C(0x100000001B3);
}

int64_t ium_derive_key(const void *purpose, size_t length, uint8_t key[IUM_KEY_SIZE])
{
    struct ium_identity identity;

    if (!host_allows(IUM_SYSCALL_DERIVE_KEY)) {
        return IUM_UNKNOWN_SYSCALL;
    }
    if (length == 0 || length > IUM_MAX_PURPOSE) {
        return IUM_BAD_ARGUMENT;
    }
    host_identity(&identity);
    for (uint64_t i = 0; i < IUM_KEY_SIZE / sizeof(uint64_t); i++) {
        uint64_t word = UINT64_C(0xCBF29CE484222325) + i;

        mix(&word, &identity, sizeof(identity));
        mix(&word, purpose, length);
        memcpy(key + i * sizeof(word), &word, sizeof(word));
    }
    return IUM_SUCCESS;
}

int64_t ium_get_identity(struct ium_identity *identity)
{
    if (!host_allows(IUM_SYSCALL_GET_IDENTITY)) {
        return IUM_UNKNOWN_SYSCALL;
    }
    host_identity(identity);
    return IUM_SUCCESS;
}

int64_t ium_get_platform(struct ium_platform *platform)
{
    if (!host_allows(IUM_SYSCALL_GET_PLATFORM)) {
        return IUM_UNKNOWN_SYSCALL;
    }
    *platform = host_platform;
    return IUM_SUCCESS;
}
