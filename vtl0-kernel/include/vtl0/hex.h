/* Bytes as hexadecimal text. Runs in ring 3 and on a host too. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * length digits, upper or lower case, possibly none, into bytes. False when there is anything else among them, an odd
 * number of them, or more than capacity bytes; *size is then 0, and to is wiped as far as it was written.
 */
bool hex_decode(const char *digits, size_t length, uint8_t *to, size_t capacity, size_t *size);

/* Writes 2 * size lower-case digits, no terminator. */
void hex_encode(const uint8_t *bytes, size_t size, char *to);
