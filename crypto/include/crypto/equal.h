/* The one comparison for what an attacker may vary: tags, integrity check values. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Are a[0..size) and b[0..size) the same? The same work whether and wherever they differ. */
bool crypto_equal(const void *a, const void *b, size_t size);
