#include <crypto/kerberos.h>

#include <crypto/aes_block.h>
#include <crypto/equal.h>
#include <crypto/kerberos_parts.h>
#include <lib/string.h>
#include <psa/crypto.h>

#define SHA1_SIZE 20u

/* Ke and Ki of one usage. */
struct usage_keys {
    uint8_t encryption[KERBEROS_MAX_KEY];
    uint8_t integrity[KERBEROS_MAX_KEY];
};

static enum crypto_status derive(const struct kerberos_profile *profile, const uint8_t *key, uint32_t usage,
                                 struct usage_keys *keys)
{
    enum crypto_status status = kerberos_usage_key(profile, key, usage, KERBEROS_ENCRYPTION, keys->encryption);

    return status == CRYPTO_OK ? kerberos_usage_key(profile, key, usage, KERBEROS_INTEGRITY, keys->integrity) : status;
}

/* RFC 3962 takes the tag over the plaintext, RFC 8009 over the initial vector, zeros here, and the ciphertext. */
static enum crypto_status make_tag(const struct kerberos_profile *profile, const struct usage_keys *keys, const uint8_t *data,
                                   size_t size, uint8_t tag[MAC_MAX_SIZE])
{
    static const uint8_t vector[AES_BLOCK_SIZE] = { 0 };
    const struct mac_part parts[] = { { vector, profile->sha2 ? sizeof(vector) : 0 }, { data, size } };

    return mac_compute(profile->hash, keys->integrity, profile->integrity_size, parts, 2, tag);
}

/* data: confounder and plaintext, size bytes of them, in place; tag is whole. */
static enum crypto_status seal(const struct kerberos_profile *profile, const struct usage_keys *keys, uint8_t *data, size_t size,
                               uint8_t tag[MAC_MAX_SIZE])
{
    enum crypto_status status = profile->sha2 ? CRYPTO_OK : make_tag(profile, keys, data, size, tag);

    if (status == CRYPTO_OK && !kerberos_cts_encrypt(keys->encryption, profile->key_size, data, size)) {
        status = CRYPTO_FAILED;
    }
    return status == CRYPTO_OK && profile->sha2 ? make_tag(profile, keys, data, size, tag) : status;
}

enum crypto_status kerberos_encrypt_with(enum kerberos_type type, const uint8_t *key, uint32_t usage,
                                         const uint8_t confounder[KERBEROS_CONFOUNDER], const uint8_t *plaintext, size_t size,
                                         uint8_t *ciphertext)
{
    const struct kerberos_profile *profile = kerberos_profile(type);
    struct usage_keys keys;
    uint8_t tag[MAC_MAX_SIZE];
    enum crypto_status status;
    size_t sealed = size + KERBEROS_CONFOUNDER;

    if (profile == NULL || size > KERBEROS_MAX_MESSAGE) {
        return CRYPTO_BAD_REQUEST;
    }
    memcpy(ciphertext, confounder, KERBEROS_CONFOUNDER);
    if (size > 0) {
        memcpy(ciphertext + KERBEROS_CONFOUNDER, plaintext, size);
    }
    status = derive(profile, key, usage, &keys);
    if (status == CRYPTO_OK) {
        status = seal(profile, &keys, ciphertext, sealed, tag);
    }
    if (status == CRYPTO_OK) {
        memcpy(ciphertext + sealed, tag, profile->tag_size);
    } else {
        secure_zero(ciphertext, sealed + profile->tag_size);
    }
    secure_zero(tag, sizeof(tag));
    secure_zero(&keys, sizeof(keys));
    return status;
}

enum crypto_status kerberos_encrypt(enum kerberos_type type, const uint8_t *key, uint32_t usage, const uint8_t *plaintext,
                                    size_t size, uint8_t *ciphertext)
{
    const struct kerberos_profile *profile = kerberos_profile(type);
    uint8_t confounder[KERBEROS_CONFOUNDER];
    enum crypto_status status;

    if (profile == NULL || size > KERBEROS_MAX_MESSAGE) {
        return CRYPTO_BAD_REQUEST;
    }
    if (psa_generate_random(confounder, sizeof(confounder)) != PSA_SUCCESS) {
        memset(ciphertext, 0, size + KERBEROS_CONFOUNDER + profile->tag_size);
        return CRYPTO_FAILED;
    }
    status = kerberos_encrypt_with(type, key, usage, confounder, plaintext, size, ciphertext);
    secure_zero(confounder, sizeof(confounder));
    return status;
}

/* data = what was encrypted, size bytes, in place; given: the tag that came with it. */
static enum crypto_status open(const struct kerberos_profile *profile, const struct usage_keys *keys, uint8_t *data, size_t size,
                               const uint8_t *given)
{
    uint8_t tag[MAC_MAX_SIZE] = { 0 };
    enum crypto_status status = profile->sha2 ? make_tag(profile, keys, data, size, tag) : CRYPTO_OK;

    if (status == CRYPTO_OK && profile->sha2 && !crypto_equal(tag, given, profile->tag_size)) {
        status = CRYPTO_REFUSED;
    }
    if (status == CRYPTO_OK && !kerberos_cts_decrypt(keys->encryption, profile->key_size, data, size)) {
        status = CRYPTO_FAILED;
    }
    if (status == CRYPTO_OK && !profile->sha2) {
        status = make_tag(profile, keys, data, size, tag);
        if (status == CRYPTO_OK && !crypto_equal(tag, given, profile->tag_size)) {
            status = CRYPTO_REFUSED;
        }
    }
    secure_zero(tag, sizeof(tag));
    return status;
}

enum crypto_status kerberos_decrypt(enum kerberos_type type, const uint8_t *key, uint32_t usage, const uint8_t *ciphertext,
                                    size_t size, uint8_t *plaintext)
{
    const struct kerberos_profile *profile = kerberos_profile(type);
    struct usage_keys keys;
    enum crypto_status status;
    size_t sealed;

    if (profile == NULL || size < kerberos_overhead(type) || size > KERBEROS_MAX_MESSAGE + kerberos_overhead(type)) {
        return CRYPTO_BAD_REQUEST;
    }
    sealed = size - profile->tag_size;
    memcpy(plaintext, ciphertext, sealed);
    status = derive(profile, key, usage, &keys);
    if (status == CRYPTO_OK) {
        status = open(profile, &keys, plaintext, sealed, ciphertext + sealed);
    }
    secure_zero(&keys, sizeof(keys));
    if (status != CRYPTO_OK) {
        secure_zero(plaintext, sealed);
        return status;
    }
    memmove(plaintext, plaintext + KERBEROS_CONFOUNDER, sealed - KERBEROS_CONFOUNDER);
    secure_zero(plaintext + sealed - KERBEROS_CONFOUNDER, KERBEROS_CONFOUNDER);
    return CRYPTO_OK;
}

/* RFC 3962's: SHA-1 of the input, cut to whole blocks, that is one, encrypted under DK(key, "prf"). */
static enum crypto_status prf_sha1(const struct kerberos_profile *profile, const uint8_t *key, const uint8_t *input, size_t size,
                                   uint8_t *out)
{
    uint8_t derived[KERBEROS_MAX_KEY];
    uint8_t hash[SHA1_SIZE];
    size_t hash_size = 0;
    enum crypto_status status = kerberos_dk(key, profile->key_size, "prf", 3, derived);

    if (status == CRYPTO_OK && (psa_hash_compute(PSA_ALG_SHA_1, input, size, hash, sizeof(hash), &hash_size) != PSA_SUCCESS ||
                                !kerberos_cts_encrypt(derived, profile->key_size, hash, AES_BLOCK_SIZE))) {
        status = CRYPTO_FAILED;
    }
    if (status == CRYPTO_OK) {
        memcpy(out, hash, AES_BLOCK_SIZE);
    }
    secure_zero(hash, sizeof(hash));
    secure_zero(derived, sizeof(derived));
    return status;
}

enum crypto_status kerberos_prf(enum kerberos_type type, const uint8_t *key, const uint8_t *input, size_t size, uint8_t *out)
{
    const struct kerberos_profile *profile = kerberos_profile(type);
    const struct mac_part label = { "prf", 3 };
    const struct mac_part context = { input, size };

    if (profile == NULL || size > KERBEROS_MAX_MESSAGE) {
        return CRYPTO_BAD_REQUEST;
    }
    memset(out, 0, profile->prf_size);
    return profile->sha2 ? kerberos_kdf(profile->hash, key, profile->key_size, &label, &context, out, profile->prf_size)
                         : prf_sha1(profile, key, input, size, out);
}
