/*
 * Kerberos' AES encryption types: RFC 3962 (with RFC 3961's simplified profile) and RFC 8009. PSA Crypto has no call for any
 * of it: this is its HMAC, its AES and what stands between. crypto_start comes first.
 *
 * All functions: sizes are in bytes; CRYPTO_BAD_REQUEST for a type that is not one of the four and for sizes outside the
 * limits, nothing is computed then; CRYPTO_FAILED when the library fails. Outputs are zeroed on CRYPTO_FAILED and
 * CRYPTO_REFUSED.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <crypto/status.h>

/* The encryption types' numbers of IANA's registry. */
enum kerberos_type {
    KERBEROS_AES128_SHA1 = 17,   /* aes128-cts-hmac-sha1-96 */
    KERBEROS_AES256_SHA1 = 18,   /* aes256-cts-hmac-sha1-96 */
    KERBEROS_AES128_SHA256 = 19, /* aes128-cts-hmac-sha256-128 */
    KERBEROS_AES256_SHA384 = 20, /* aes256-cts-hmac-sha384-192 */
};

/* Key usage numbers of RFC 4120, "Key Usage Numbers", that a client needs. */
enum kerberos_usage {
    KERBEROS_USAGE_AS_REQ_TIMESTAMP = 1,
    KERBEROS_USAGE_AS_REP = 3,
    KERBEROS_USAGE_TGS_REQ_CHECKSUM = 6,
    KERBEROS_USAGE_TGS_REQ_AUTHENTICATOR = 7,
    KERBEROS_USAGE_TGS_REP_SESSION_KEY = 8,
    KERBEROS_USAGE_TGS_REP_SUBKEY = 9,
};

#define KERBEROS_MAX_KEY        32u
#define KERBEROS_CONFOUNDER     16u
#define KERBEROS_MAX_TAG        24u
#define KERBEROS_MAX_OVERHEAD   (KERBEROS_CONFOUNDER + KERBEROS_MAX_TAG)
#define KERBEROS_MAX_PRF        48u
#define KERBEROS_MAX_PASSWORD   1024u
#define KERBEROS_MAX_SALT       1024u
#define KERBEROS_MAX_MESSAGE    65536u
#define KERBEROS_MAX_ITERATIONS 1000000u /* the other side chooses the number: a bound on the work it can ask for */

/* Bytes of a key, 0 for an unknown type. */
size_t kerberos_key_size(enum kerberos_type type);

/* Bytes by which a ciphertext is longer than its plaintext, 0 for an unknown type. */
size_t kerberos_overhead(enum kerberos_type type);

/* Bytes of a checksum, 0 for an unknown type. */
size_t kerberos_checksum_size(enum kerberos_type type);

/* Bytes of the pseudo-random function's output, 0 for an unknown type. */
size_t kerberos_prf_size(enum kerberos_type type);

/*
 * key = string-to-key(password, salt, iterations), kerberos_key_size(type) bytes. password: UTF-8 as it is; salt: what the
 * KDC says, most often realm and name. iterations from 1 to KERBEROS_MAX_ITERATIONS; RFC 3962's 0 for 2^32 is refused.
 */
enum crypto_status kerberos_string_to_key(enum kerberos_type type, const uint8_t *password, size_t password_size,
                                          const uint8_t *salt, size_t salt_size, uint32_t iterations, uint8_t *key);

/*
 * ciphertext = plaintext under a key for that usage, with a random confounder and a tag: size + kerberos_overhead(type)
 * bytes. size at most KERBEROS_MAX_MESSAGE. The two may not overlap.
 */
enum crypto_status kerberos_encrypt(enum kerberos_type type, const uint8_t *key, uint32_t usage, const uint8_t *plaintext,
                                    size_t size, uint8_t *ciphertext);

/*
 * The reverse. plaintext has room for size bytes; size - kerberos_overhead(type) of them come out, the rest is of no meaning
 * and holds no secret. CRYPTO_REFUSED, one answer for every reason: another key, another usage, not what was encrypted. The
 * two may not overlap.
 */
enum crypto_status kerberos_decrypt(enum kerberos_type type, const uint8_t *key, uint32_t usage, const uint8_t *ciphertext,
                                    size_t size, uint8_t *plaintext);

/*
 * tag = the type's checksum of data[0..size) under a key for that usage (get_mic of RFC 3961 and RFC 8009: the checksum types
 * hmac-sha1-96-aes128, hmac-sha1-96-aes256, hmac-sha256-128-aes128, hmac-sha384-192-aes256), kerberos_checksum_size(type)
 * bytes. size at most KERBEROS_MAX_MESSAGE; data may be NULL when it is 0.
 */
enum crypto_status kerberos_checksum(enum kerberos_type type, const uint8_t *key, uint32_t usage, const uint8_t *data,
                                     size_t size, uint8_t *tag);

/* verify_mic. CRYPTO_REFUSED, one answer for every reason: another key, another usage, other data, another tag. */
enum crypto_status kerberos_checksum_verify(enum kerberos_type type, const uint8_t *key, uint32_t usage, const uint8_t *data,
                                            size_t size, const uint8_t *tag);

/* out = pseudo-random-function(key, input), kerberos_prf_size(type) bytes; input at most KERBEROS_MAX_MESSAGE. */
enum crypto_status kerberos_prf(enum kerberos_type type, const uint8_t *key, const uint8_t *input, size_t size, uint8_t *out);
