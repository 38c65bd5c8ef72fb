/* HMAC and PBKDF2 over the PSA Crypto API. crypto_start comes first. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <crypto/status.h>

enum mac_hash { MAC_MD5, MAC_SHA1, MAC_SHA256, MAC_SHA384, MAC_SHA512 };

struct mac_part {
    const void *data;
    size_t size;
};

#define MAC_MD5_SIZE    16u
#define MAC_SHA1_SIZE   20u
#define MAC_SHA256_SIZE 32u
#define MAC_SHA384_SIZE 48u
#define MAC_SHA512_SIZE 64u
#define MAC_MAX_SIZE    64u

/* Bytes of a tag. */
size_t mac_size(enum mac_hash hash);

/*
 * tag = HMAC-hash(key, parts one after the other), mac_size(hash) bytes. The key is
 * inside PSA only for the time of the call; an empty key is allowed.
 * CRYPTO_OK or CRYPTO_FAILED; tag is zeroed on failure.
 */
enum crypto_status mac_compute(enum mac_hash hash, const void *key, size_t key_size, const struct mac_part *parts,
                               size_t count, uint8_t *tag);

#define PBKDF2_SALT_PARTS 3u

/*
 * PBKDF2 with that HMAC (RFC 8018, section "PBKDF2"); mbedTLS 2.28's PSA has none. The salt is its parts one after the
 * other, at most PBKDF2_SALT_PARTS; iterations at least 1. CRYPTO_OK or CRYPTO_FAILED; out is zeroed on failure.
 */
enum crypto_status pbkdf2_hmac(enum mac_hash hash, const void *password, size_t password_size, const struct mac_part *salt,
                               size_t salts, uint32_t iterations, uint8_t *out, size_t size);
