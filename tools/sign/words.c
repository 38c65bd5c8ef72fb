#include "words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <abi/image.h>
#include <abi/ium.h>
#include <sodium.h>

enum callers { LOADER = 1, TRUSTLET = 2, BOTH = 3 };

struct syscall_row {
    const char *name;
    enum callers callers;
};

#define IUM_SYSCALL(number, name, handler, callers) [number] = { #name, callers },
static const struct syscall_row syscalls[IUM_SYSCALL_COUNT] = {
#include <abi/ium_syscalls.def>
};
#undef IUM_SYSCALL

static bool is_dash(size_t at)
{
    return at == 8 || at == 13 || at == 18 || at == 23;
}

bool uuid_parse(const char *text, uint8_t uuid[16])
{
    size_t size = 0;

    for (size_t i = 0; i < UUID_TEXT_SIZE - 1; i++) {
        if (text[i] == '\0' || is_dash(i) != (text[i] == '-')) {
            return false;
        }
    }
    return text[UUID_TEXT_SIZE - 1] == '\0' &&
           sodium_hex2bin(uuid, 16, text, UUID_TEXT_SIZE - 1, "-", &size, NULL) == 0 && size == 16;
}

void uuid_print(const uint8_t uuid[16], char text[UUID_TEXT_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    size_t at = 0;

    for (unsigned i = 0; i < 16; i++) {
        if (is_dash(at)) {
            text[at++] = '-';
        }
        text[at++] = digits[uuid[i] >> 4];
        text[at++] = digits[uuid[i] & 15];
    }
    text[at] = '\0';
}

bool number_parse(const char *text, uint64_t limit, uint64_t *number)
{
    bool hex = text[0] == '0' && text[1] == 'x';
    const char *digits = hex ? text + 2 : text;

    if (digits[0] == '\0' || strspn(digits, hex ? "0123456789abcdefABCDEF" : "0123456789") != strlen(digits)) {
        return false;
    }
    errno = 0;
    *number = strtoull(digits, NULL, hex ? 16 : 10);
    return errno == 0 && *number <= limit;
}

const char *algorithm_name(uint32_t algorithm)
{
    return algorithm == SIGNED_IMAGE_ED25519             ? "ed25519"
           : algorithm == SIGNED_IMAGE_ECDSA_P256_SHA256 ? "ecdsa-p256"
                                                         : "unknown";
}

uint32_t algorithm_by_name(const char *name)
{
    return strcmp(name, "ed25519") == 0      ? SIGNED_IMAGE_ED25519
           : strcmp(name, "ecdsa-p256") == 0 ? SIGNED_IMAGE_ECDSA_P256_SHA256
                                             : 0;
}

const char *kind_name(uint32_t kind)
{
    return kind == SIGNED_IMAGE_SECURE_KERNEL ? "securekernel" : kind == SIGNED_IMAGE_TRUSTLET ? "trustlet" : "unknown";
}

const char *syscall_name(unsigned number)
{
    return number < IUM_SYSCALL_COUNT ? syscalls[number].name : NULL;
}

int syscall_by_name(const char *name, bool *loader)
{
    for (unsigned i = 0; i < IUM_SYSCALL_COUNT; i++) {
        if (syscalls[i].name != NULL && strcmp(syscalls[i].name, name) == 0) {
            *loader = syscalls[i].callers == LOADER;
            return (int)i;
        }
    }
    return -1;
}

void hex_print(const uint8_t *bytes, size_t size, char *text)
{
    sodium_bin2hex(text, 2 * size + 1, bytes, size);
}
