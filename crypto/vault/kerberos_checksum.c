#include <crypto/kerberos.h>

#include <crypto/equal.h>
#include <crypto/kerberos_parts.h>
#include <lib/string.h>

size_t kerberos_checksum_size(enum kerberos_type type)
{
    const struct kerberos_profile *profile = kerberos_profile(type);

    return profile != NULL ? profile->tag_size : 0;
}

/* tag is whole: RFC 3961's get_mic and RFC 8009's keep the first tag_size bytes of it. */
static enum crypto_status make(const struct kerberos_profile *profile, const uint8_t *key, uint32_t usage, const uint8_t *data,
                               size_t size, uint8_t tag[MAC_MAX_SIZE])
{
    const struct mac_part part = { data, size };
    uint8_t checksum_key[KERBEROS_MAX_KEY];
    enum crypto_status status = kerberos_usage_key(profile, key, usage, KERBEROS_CHECKSUM, checksum_key);

    if (status == CRYPTO_OK) {
        status = mac_compute(profile->hash, checksum_key, profile->integrity_size, &part, 1, tag);
    }
    secure_zero(checksum_key, sizeof(checksum_key));
    return status;
}

enum crypto_status kerberos_checksum(enum kerberos_type type, const uint8_t *key, uint32_t usage, const uint8_t *data,
                                     size_t size, uint8_t *tag)
{
    const struct kerberos_profile *profile = kerberos_profile(type);
    uint8_t whole[MAC_MAX_SIZE];
    enum crypto_status status;

    if (profile == NULL || size > KERBEROS_MAX_MESSAGE) {
        return CRYPTO_BAD_REQUEST;
    }
    memset(tag, 0, profile->tag_size);
    status = make(profile, key, usage, data, size, whole);
    if (status == CRYPTO_OK) {
        memcpy(tag, whole, profile->tag_size);
    }
    secure_zero(whole, sizeof(whole));
    return status;
}

enum crypto_status kerberos_checksum_verify(enum kerberos_type type, const uint8_t *key, uint32_t usage, const uint8_t *data,
                                            size_t size, const uint8_t *tag)
{
    const struct kerberos_profile *profile = kerberos_profile(type);
    uint8_t whole[MAC_MAX_SIZE];
    enum crypto_status status;

    if (profile == NULL || size > KERBEROS_MAX_MESSAGE) {
        return CRYPTO_BAD_REQUEST;
    }
    status = make(profile, key, usage, data, size, whole);
    if (status == CRYPTO_OK && !crypto_equal(whole, tag, profile->tag_size)) {
        status = CRYPTO_REFUSED;
    }
    secure_zero(whole, sizeof(whole));
    return status;
}
