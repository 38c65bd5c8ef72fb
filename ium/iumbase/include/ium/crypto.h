/*
 * The library iumbase-crypto: the PSA Crypto API (hash, HMAC, AEAD, ECDSA P-256
 * signatures; <psa/crypto.h> is mbedTLS's, and Arm's "PSA Certified Crypto API"
 * describes it), random.h and sealed.h. A trustlet that links it finds PSA
 * started when start() runs, and needs at least 17 heap pages: 64 KiB are
 * mbedTLS's, for all keys and operations together. One that does not link it
 * has no line of cryptography in its image.
 */
#pragma once

#include <stdbool.h>

#define IUM_CRYPTO_HEAP_SIZE 65536u

/*
 * iumbase's own, before start(): takes IUM_CRYPTO_HEAP_SIZE from the heap and
 * starts PSA. False: no room or no randomness. A pointer, because a missing
 * function could only be called through a PLT, which no trustlet has.
 */
extern bool (*const ium_crypto_hook)(void);
