/* Runs one operation of the vault's algorithms on secrets, under valgrind; constant_time.py runs them all and judges. */
#include "secret.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <crypto/entropy.h>
#include <crypto/psa.h>

/* What iumbase gives a trustlet: the library is built with its stack protector. */
extern uintptr_t __stack_chk_guard;
uintptr_t __stack_chk_guard = (uintptr_t)0x5A17C3E9D2B48600;

bool entropy_read(void *to, size_t size)
{
    return getrandom(to, size, 0) == (ssize_t)size;
}

/* The linker puts this in front of the generator: what a nonce is for one case, and public in another, comes from the same state. */
int __real_mbedtls_ctr_drbg_random(void *state, unsigned char *to, size_t size);
int __wrap_mbedtls_ctr_drbg_random(void *state, unsigned char *to, size_t size);

static bool secret_randomness;

int __wrap_mbedtls_ctr_drbg_random(void *state, unsigned char *to, size_t size)
{
    int result = __real_mbedtls_ctr_drbg_random(state, to, size);

    if (secret_randomness) {
        SECRET(to, size);
    }
    return result;
}

/* Positive controls: what must be found, or nothing here means anything. */
static bool early_exit(void)
{
    uint8_t a[32] = { 0 };
    const volatile uint8_t b[32] = { 0 };

    SECRET(a, sizeof(a));
    for (size_t i = 0; i < sizeof(a); i++) {
        if (a[i] != b[i]) {
            return false;
        }
    }
    return true;
}

static bool table_look_up(void)
{
    static const volatile uint8_t table[256] = { [7] = 1 };
    uint8_t index = 7, value;

    SECRET(&index, sizeof(index));
    value = table[index];
    PUBLIC(&value, sizeof(value));
    return value == 1;
}

static const struct secret_case control_cases[] = {
    { "control-early-exit", early_exit, false },
    { "control-table", table_look_up, false },
    { NULL, NULL, false },
};

static const struct secret_case *const tables[] = { control_cases, symmetric_cases, kerberos_cases, signature_cases };
#define TABLES (sizeof(tables) / sizeof(tables[0]))

static void list(void)
{
    for (size_t i = 0; i < TABLES; i++) {
        for (const struct secret_case *at = tables[i]; at->name != NULL; at++) {
            puts(at->name);
        }
    }
}

static int run(const char *name)
{
    static uint8_t heap[256 * 1024] __attribute__((aligned(16)));

    for (size_t i = 0; i < TABLES; i++) {
        for (const struct secret_case *at = tables[i]; at->name != NULL; at++) {
            if (strcmp(at->name, name) == 0) {
                secret_randomness = at->secret_randomness;
                return crypto_start(heap, sizeof(heap)) && at->run() ? 0 : 1;
            }
        }
    }
    return 2;
}

/* Without arguments: the names of the cases. Otherwise a file with an RSA key in DER, and a name. */
int main(int count, char **arguments)
{
    if (count == 3) {
        secret_rsa_key = arguments[1];
        return run(arguments[2]);
    }
    list();
    return 0;
}
