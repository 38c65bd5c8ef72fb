/* AES in counter mode as GCM has it, four blocks at once. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <mbedtls/aes.h>

/*
 * Adds the key stream to size bytes of `from`, into `to`: the same place, or one that begins before it or does not overlap.
 * aes: with a key for encryption. counter: the block before the first that is used, and afterwards the last that was; its last
 * 32 bits count (NIST SP 800-38D, "Incrementing Function"). A part of a block uses up all of it. Cannot fail.
 */
void aes_counter_run(const mbedtls_aes_context *aes, uint8_t counter[16], const uint8_t *from, uint8_t *to, size_t size);
