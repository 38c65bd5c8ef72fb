/*
 * Memory and text, from lib/: memcpy, memmove, memset, memcmp, strlen, strcmp
 * as in ISO C; secure_zero(to, size), which the compiler may not drop;
 * format(to, size, "...", ...) for %s %c %d %u %x, their l and ll forms and %%,
 * which cuts at size, always terminates and returns the length it wrote.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <lib/format.h>
#include <lib/string.h>

/* Are both the same size bytes? Takes the same time whatever differs, so it may compare secrets. */
bool ium_equal(const void *a, const void *b, size_t size);
