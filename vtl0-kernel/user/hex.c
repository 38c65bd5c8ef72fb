#include "hex.h"

static int digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool hex_field_decode(const char **at, uint8_t *to, size_t capacity, size_t *size)
{
    const char *from = *at;

    *size = 0;
    if (*from++ != ' ') {
        return false;
    }
    for (; *from != ' ' && *from != '\0'; from += 2) {
        int high = digit(from[0]);
        int low = high >= 0 ? digit(from[1]) : -1;

        if (low < 0 || *size == capacity) {
            return false;
        }
        to[(*size)++] = (uint8_t)(high << 4 | low);
    }
    *at = from;
    return true;
}
