#include "support.h"

#include <string.h>
#include <sys/random.h>

#include <crypto/entropy.h>
#include <crypto/psa.h>
#include <lib/string.h>

bool support_entropy_fails;
uint8_t support_heap[64 * 1024] __attribute__((aligned(16)));

void secure_zero(void *to, size_t size)
{
    explicit_bzero(to, size);
}

bool entropy_read(void *to, size_t size)
{
    return !support_entropy_fails && getrandom(to, size, 0) == (ssize_t)size;
}

static unsigned digit(char c)
{
    const char *digits = "0123456789abcdef";
    const char *found = strchr(digits, c);

    assert_non_null(found);
    return (unsigned)(found - digits);
}

size_t support_hex(const char *text, void *to)
{
    size_t size = strlen(text) / 2;
    uint8_t *at = to;

    for (size_t i = 0; i < size; i++) {
        at[i] = (uint8_t)(digit(text[2 * i]) << 4 | digit(text[2 * i + 1]));
    }
    return size;
}

void support_assert_hex(const void *data, size_t size, const char *text)
{
    uint8_t expected[256];

    assert_int_equal(strlen(text), 2 * size);
    assert_true(size <= sizeof(expected));
    support_hex(text, expected);
    assert_memory_equal(data, expected, size);
}

int support_psa_start(void **state)
{
    (void)state;
    return crypto_start(support_heap, sizeof(support_heap)) ? 0 : -1;
}

int support_psa_stop(void **state)
{
    (void)state;
    crypto_stop();
    return 0;
}
