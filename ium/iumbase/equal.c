#include <ium/text.h>

#include <stdint.h>

bool ium_equal(const void *a, const void *b, size_t size)
{
    const volatile uint8_t *x = a, *y = b;
    uint8_t different = 0;

    for (size_t i = 0; i < size; i++) {
        different |= x[i] ^ y[i];
    }
    return different == 0;
}
