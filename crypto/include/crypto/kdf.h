/* The key hierarchy below the secure kernel's root: HMAC-SHA-512 as a key derivation function. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define KDF_ROOT_SIZE 64u
#define KDF_KEY_SIZE  32u

/*
 * out = first 32 bytes of HMAC-SHA-512(root, label || 0 || context): the
 * "KDF in Feedback/Counter Mode" family of SP 800-108 with one block, for
 * which no counter is needed as out is shorter than one block. The label
 * is text without a NUL, so that label and context cannot be exchanged
 * against each other. context may be NULL when context_size is 0. Cannot
 * fail; wipes what it computed on the way.
 */
void kdf_derive(const uint8_t root[KDF_ROOT_SIZE], const char *label, const void *context, size_t context_size,
                uint8_t out[KDF_KEY_SIZE]);
