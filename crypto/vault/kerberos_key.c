#include <crypto/kerberos_parts.h>

#include <crypto/aes_block.h>
#include <lib/string.h>

static const uint8_t kerberos[8] = { 'k', 'e', 'r', 'b', 'e', 'r', 'o', 's' };

static const struct kerberos_profile profiles[] = {
    [KERBEROS_AES128_SHA1] = { MAC_SHA1, 16, 16, 12, 16, false, "" },
    [KERBEROS_AES256_SHA1] = { MAC_SHA1, 32, 32, 12, 16, false, "" },
    [KERBEROS_AES128_SHA256] = { MAC_SHA256, 16, 16, 16, 32, true, "aes128-cts-hmac-sha256-128" },
    [KERBEROS_AES256_SHA384] = { MAC_SHA384, 32, 24, 24, 48, true, "aes256-cts-hmac-sha384-192" },
};

const struct kerberos_profile *kerberos_profile(enum kerberos_type type)
{
    return type >= KERBEROS_AES128_SHA1 && type <= KERBEROS_AES256_SHA384 ? &profiles[type] : NULL;
}

size_t kerberos_key_size(enum kerberos_type type)
{
    const struct kerberos_profile *profile = kerberos_profile(type);

    return profile != NULL ? profile->key_size : 0;
}

size_t kerberos_overhead(enum kerberos_type type)
{
    const struct kerberos_profile *profile = kerberos_profile(type);

    return profile != NULL ? KERBEROS_CONFOUNDER + profile->tag_size : 0;
}

size_t kerberos_prf_size(enum kerberos_type type)
{
    const struct kerberos_profile *profile = kerberos_profile(type);

    return profile != NULL ? profile->prf_size : 0;
}

/* RFC 3961, "A Key Derivation Function": each block of the key is the encryption of the one before. */
enum crypto_status kerberos_dk(const uint8_t *key, size_t key_size, const void *constant, size_t constant_size,
                               uint8_t *derived)
{
    uint8_t block[AES_BLOCK_SIZE];
    struct aes_block aes;
    bool good = aes_block_open(&aes, AES_ENCRYPT, key, key_size);

    if (!good) {
        memset(derived, 0, key_size);
        return CRYPTO_FAILED;
    }
    kerberos_nfold(constant, constant_size, block, sizeof(block));
    for (size_t done = 0; done < key_size && good; done += AES_BLOCK_SIZE) {
        good = aes_block_run(&aes, block, block);
        memcpy(derived + done, block, AES_BLOCK_SIZE);
    }
    aes_block_close(&aes);
    secure_zero(block, sizeof(block));
    if (!good) {
        secure_zero(derived, key_size);
    }
    return good ? CRYPTO_OK : CRYPTO_FAILED;
}

enum crypto_status kerberos_kdf(enum mac_hash hash, const uint8_t *key, size_t key_size, const struct mac_part *label,
                                const struct mac_part *context, uint8_t *derived, size_t size)
{
    static const uint8_t one[4] = { 0, 0, 0, 1 };
    static const uint8_t separator[1] = { 0 };
    const uint8_t bits[4] = { 0, 0, (uint8_t)(size >> 5), (uint8_t)(size << 3) };
    const struct mac_part parts[] = { { one, 4 }, *label, { separator, 1 }, *context, { bits, 4 } };
    uint8_t tag[MAC_MAX_SIZE];
    enum crypto_status status = mac_compute(hash, key, key_size, parts, sizeof(parts) / sizeof(parts[0]), tag);

    memset(derived, 0, size);
    if (status == CRYPTO_OK) {
        memcpy(derived, tag, size);
    }
    secure_zero(tag, sizeof(tag));
    return status;
}

enum crypto_status kerberos_usage_key(const struct kerberos_profile *profile, const uint8_t *key, uint32_t usage,
                                      enum kerberos_purpose purpose, uint8_t derived[KERBEROS_MAX_KEY])
{
    const uint8_t constant[5] = { (uint8_t)(usage >> 24), (uint8_t)(usage >> 16), (uint8_t)(usage >> 8), (uint8_t)usage,
                                  (uint8_t)purpose };
    const struct mac_part label = { constant, sizeof(constant) };
    const struct mac_part none = { NULL, 0 };
    size_t size = purpose == KERBEROS_ENCRYPTION ? profile->key_size : profile->integrity_size;

    return profile->sha2 ? kerberos_kdf(profile->hash, key, profile->key_size, &label, &none, derived, size)
                         : kerberos_dk(key, profile->key_size, constant, sizeof(constant), derived);
}

/* RFC 8009, "Key Derivation from Pass Phrases": its salt begins with the type's name and a zero. */
static enum crypto_status stretch(const struct kerberos_profile *profile, const struct mac_part *password,
                                  const struct mac_part *salt, uint32_t iterations, uint8_t *key)
{
    const struct mac_part parts[] = { { profile->name, profile->sha2 ? strlen(profile->name) + 1 : 0 }, *salt };

    return pbkdf2_hmac(profile->hash, password->data, password->size, parts, 2, iterations, key, profile->key_size);
}

enum crypto_status kerberos_string_to_key(enum kerberos_type type, const uint8_t *password, size_t password_size,
                                          const uint8_t *salt, size_t salt_size, uint32_t iterations, uint8_t *key)
{
    const struct kerberos_profile *profile = kerberos_profile(type);
    const struct mac_part password_part = { password, password_size };
    const struct mac_part salt_part = { salt, salt_size };
    const struct mac_part label = { kerberos, sizeof(kerberos) };
    const struct mac_part none = { NULL, 0 };
    uint8_t stretched[KERBEROS_MAX_KEY];
    enum crypto_status status;

    if (profile == NULL) {
        return CRYPTO_BAD_REQUEST;
    }
    memset(key, 0, profile->key_size);
    if (password_size > KERBEROS_MAX_PASSWORD || salt_size > KERBEROS_MAX_SALT || iterations == 0 ||
        iterations > KERBEROS_MAX_ITERATIONS) {
        return CRYPTO_BAD_REQUEST;
    }
    status = stretch(profile, &password_part, &salt_part, iterations, stretched);
    if (status == CRYPTO_OK) {
        status = profile->sha2 ? kerberos_kdf(profile->hash, stretched, profile->key_size, &label, &none, key, profile->key_size)
                               : kerberos_dk(stretched, profile->key_size, kerberos, sizeof(kerberos), key);
    }
    secure_zero(stretched, sizeof(stretched));
    return status;
}
