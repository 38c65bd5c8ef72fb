/* Ed25519 (RFC 8032), which PSA of mbedTLS 2.28 lacks, by libsodium. Needs no crypto_start: no heap, no randomness. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ED25519_SEED_SIZE      32u /* RFC 8032's private key */
#define ED25519_PUBLIC_SIZE    32u
#define ED25519_SIGNATURE_SIZE 64u

/* public_key = that of the private key. */
void ed25519_public_key(const uint8_t seed[ED25519_SEED_SIZE], uint8_t public_key[ED25519_PUBLIC_SIZE]);

/*
 * Signs message[0..size), deterministically. The public key is computed afresh: one that a caller supplied could be made to
 * give the private key away, by two signatures that differ only in it.
 */
void ed25519_sign(const uint8_t seed[ED25519_SEED_SIZE], const void *message, size_t size,
                  uint8_t signature[ED25519_SIGNATURE_SIZE]);

/* False for a wrong signature, one that is not canonical, and a public key of small order. */
bool ed25519_verify(const uint8_t public_key[ED25519_PUBLIC_SIZE], const void *message, size_t size,
                    const uint8_t signature[ED25519_SIGNATURE_SIZE]);
