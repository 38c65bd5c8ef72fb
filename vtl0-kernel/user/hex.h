/* Bytes as lower-case hexadecimal text in a line of words. Runs on a host too. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One field: a space, then digits up to the next space or the end, possibly
 * none. *at moves behind it. False when it is not of that form or longer than
 * capacity bytes.
 */
bool hex_field_decode(const char **at, uint8_t *to, size_t capacity, size_t *size);
