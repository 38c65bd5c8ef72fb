/* SHA-256 by PSA. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <crypto/mac.h>

#define DIGEST_SIZE 32u

/* digest = SHA-256(parts one after the other). False: the library failed; digest is zeroed. */
bool digest_of(const struct mac_part *parts, size_t count, uint8_t digest[DIGEST_SIZE]);
