/* Shared by the files of crypto/sign. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Are all bytes zero? Not for secrets' comparison, but takes the same time whatever they are. */
static inline bool all_zero(const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    uint8_t sum = 0;

    for (size_t i = 0; i < size; i++) {
        sum |= at[i];
    }
    return sum == 0;
}
