#include <vtl0/hex.h>

#include <lib/string.h>

static int digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool hex_decode(const char *digits, size_t length, uint8_t *to, size_t capacity, size_t *size)
{
    *size = 0;
    if (length % 2 != 0 || length / 2 > capacity) {
        return false;
    }
    for (size_t i = 0; i < length / 2; i++) {
        int high = digit(digits[2 * i]), low = digit(digits[2 * i + 1]);

        if (high < 0 || low < 0) {
            secure_zero(to, i);
            return false;
        }
        to[i] = (uint8_t)(high << 4 | low);
    }
    *size = length / 2;
    return true;
}

void hex_encode(const uint8_t *bytes, size_t size, char *to)
{
    for (size_t i = 0; i < size; i++) {
        to[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        to[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
}
