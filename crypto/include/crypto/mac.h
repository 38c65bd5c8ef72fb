/* HMAC and PBKDF2 over the PSA Crypto API. crypto_start comes first. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <crypto/status.h>

enum mac_hash { MAC_MD5, MAC_SHA256 };

struct mac_part {
    const void *data;
    size_t size;
};

#define MAC_MD5_SIZE    16u
#define MAC_SHA256_SIZE 32u

/*
 * tag = HMAC-hash(key, parts one after the other), 16 or 32 bytes. The key is
 * inside PSA only for the time of the call; an empty key is allowed.
 * CRYPTO_OK or CRYPTO_FAILED; tag is zeroed on failure.
 */
enum crypto_status mac_compute(enum mac_hash hash, const void *key, size_t key_size, const struct mac_part *parts,
                               size_t count, uint8_t *tag);

/*
 * PBKDF2 with HMAC-SHA-256 (RFC 8018, section "PBKDF2"); mbedTLS 2.28's PSA has none. iterations at least 1.
 * CRYPTO_OK or CRYPTO_FAILED; out is zeroed on failure.
 */
enum crypto_status pbkdf2_hmac_sha256(const void *password, size_t password_size, const void *salt, size_t salt_size,
                                      uint32_t iterations, uint8_t *out, size_t size);
