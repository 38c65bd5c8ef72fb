#include <crypto/equal.h>

#include <stdint.h>

/* volatile: the compiler may not stop at the first difference. */
bool crypto_equal(const void *a, const void *b, size_t size)
{
    const volatile uint8_t *x = a;
    const volatile uint8_t *y = b;
    uint8_t difference = 0;

    for (size_t i = 0; i < size; i++) {
        difference |= x[i] ^ y[i];
    }
    return difference == 0;
}
