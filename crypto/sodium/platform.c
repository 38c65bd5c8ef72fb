/*
 * What the chosen libsodium files need of the rest of libsodium and of a C
 * library. The build renames memmove and abort in those files to the two
 * functions here: a loader linked with GNU-EFI has neither, and a shared
 * object with an undefined symbol links without a word.
 */
#include "platform.h"

#include <lib/string.h>
#include <randombytes.h>
#include <utils.h>

void sodium_memzero(void *const to, const size_t size)
{
    memset(to, 0, size);
    __asm__ volatile("" : : "r"(to) : "memory");
}

int sodium_memcmp(const void *const a, const void *const b, size_t size)
{
    const volatile unsigned char *x = a;
    const volatile unsigned char *y = b;
    unsigned char difference = 0;

    for (size_t i = 0; i < size; i++) {
        difference |= x[i] ^ y[i];
    }
    return difference == 0 ? 0 : -1;
}

int sodium_is_zero(const unsigned char *bytes, const size_t size)
{
    volatile unsigned char sum = 0;

    for (size_t i = 0; i < size; i++) {
        sum |= bytes[i];
    }
    return sum == 0;
}

void *crypto_sodium_memmove(void *to, const void *from, size_t size)
{
    unsigned char *t = to;
    const unsigned char *f = from;

    if (t <= f) {
        for (size_t i = 0; i < size; i++) {
            t[i] = f[i];
        }
        return to;
    }
    while (size-- > 0) {
        t[size] = f[size];
    }
    return to;
}

/* Only group operations that nothing here calls can get to these two. */
void crypto_sodium_abort(void)
{
    __builtin_trap();
}

void randombytes_buf(void *const to, const size_t size)
{
    (void)to;
    (void)size;
    __builtin_trap();
}
