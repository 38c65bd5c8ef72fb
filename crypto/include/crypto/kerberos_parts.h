/*
 * What crypto/kerberos.h is made of, for its own files and for the published vectors of each part. No one else calls these:
 * nothing here is authenticated, and a confounder of the caller's is for vectors only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <crypto/kerberos.h>
#include <crypto/mac.h>

/* One encryption type. */
struct kerberos_profile {
    enum mac_hash hash;
    size_t key_size;
    size_t integrity_size; /* of the keys Ki and Kc */
    size_t tag_size;
    size_t prf_size;
    bool sha2;             /* RFC 8009: the tag is over the ciphertext, keys by KDF-HMAC-SHA2 */
    const char *name;      /* of RFC 8009, in the salt; RFC 3962 has none there */
};

/* NULL for an unknown type. */
const struct kerberos_profile *kerberos_profile(enum kerberos_type type);

/* The last byte of a derivation's constant (RFC 3961, "A Key Derivation Function"). */
enum kerberos_purpose { KERBEROS_CHECKSUM = 0x99, KERBEROS_ENCRYPTION = 0xaa, KERBEROS_INTEGRITY = 0x55 };

/* Derived keys: Ke of key_size, Ki and Kc of integrity_size bytes. */
enum crypto_status kerberos_usage_key(const struct kerberos_profile *profile, const uint8_t *key, uint32_t usage,
                                      enum kerberos_purpose purpose, uint8_t derived[KERBEROS_MAX_KEY]);

/* DK(key, constant) of RFC 3961 with AES, key_size bytes; constant: 1 to 16 bytes. */
enum crypto_status kerberos_dk(const uint8_t *key, size_t key_size, const void *constant, size_t constant_size,
                               uint8_t *derived);

/* KDF-HMAC-SHA2(key, label, context, 8 * size) of RFC 8009; context may be empty, size is at most mac_size(hash). */
enum crypto_status kerberos_kdf(enum mac_hash hash, const uint8_t *key, size_t key_size, const struct mac_part *label,
                                const struct mac_part *context, uint8_t *derived, size_t size);

/* n-fold of RFC 3961, 8 * to_size bits from size bytes, both above 0. */
void kerberos_nfold(const uint8_t *from, size_t size, uint8_t *to, size_t to_size);

/*
 * AES-CBC with ciphertext stealing and an initial vector of zeros (RFC 3962, "Encryption Algorithm Parameters"): always
 * swaps the last two blocks. data[0..size) in place, size at least 16. False: the library failed, data is of no use.
 */
bool kerberos_cts_encrypt(const uint8_t *key, size_t key_size, uint8_t *data, size_t size);
bool kerberos_cts_decrypt(const uint8_t *key, size_t key_size, uint8_t *data, size_t size);

/* kerberos_encrypt with that confounder. */
enum crypto_status kerberos_encrypt_with(enum kerberos_type type, const uint8_t *key, uint32_t usage,
                                         const uint8_t confounder[KERBEROS_CONFOUNDER], const uint8_t *plaintext, size_t size,
                                         uint8_t *ciphertext);
