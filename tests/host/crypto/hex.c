#include "support.h"

#include <string.h>

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
