/*
 * AES Key Wrap (RFC 3394) and its form for any length (RFC 5649): deterministic, authenticated encryption of keys by keys.
 * The mbedTLS configuration has no NIST_KW, and PSA 1.0 no call. crypto_start comes first.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <crypto/status.h>

#define KEY_WRAP_OVERHEAD 8u
#define KEY_WRAP_MAX      4096u /* bytes of a key; an RSA-3072 key pair in DER has about 1800 */

/* Bytes of key_wrap_padded's output for a key of that size. */
#define KEY_WRAP_PADDED_SIZE(size) (((size) + 7u) / 8u * 8u + KEY_WRAP_OVERHEAD)

/*
 * wrapped = size + KEY_WRAP_OVERHEAD bytes; may not overlap with key. kek_size: 16, 24 or 32. CRYPTO_BAD_REQUEST: another
 * kek_size, or size not a multiple of 8 from 16 to KEY_WRAP_MAX (nothing is written then). CRYPTO_FAILED: wrapped is zeroed.
 */
enum crypto_status key_wrap(const uint8_t *kek, size_t kek_size, const uint8_t *key, size_t size, uint8_t *wrapped);

/*
 * key = wrapped_size - KEY_WRAP_OVERHEAD bytes. CRYPTO_BAD_REQUEST: sizes as above, nothing is written. CRYPTO_REFUSED: another
 * kek, or not what was wrapped; key is zeroed then, and on CRYPTO_FAILED.
 */
enum crypto_status key_unwrap(const uint8_t *kek, size_t kek_size, const uint8_t *wrapped, size_t wrapped_size, uint8_t *key);

/* As key_wrap for size from 1 to KEY_WRAP_MAX; wrapped = KEY_WRAP_PADDED_SIZE(size) bytes. */
enum crypto_status key_wrap_padded(const uint8_t *kek, size_t kek_size, const uint8_t *key, size_t size, uint8_t *wrapped);

/*
 * As key_unwrap; key has room for wrapped_size - KEY_WRAP_OVERHEAD bytes, *size of them are the key and the rest is zero.
 * *size is 0 unless CRYPTO_OK.
 */
enum crypto_status key_unwrap_padded(const uint8_t *kek, size_t kek_size, const uint8_t *wrapped, size_t wrapped_size,
                                     uint8_t *key, size_t *size);
