#include <crypto/vault_hmac.h>

#include <crypto/mac.h>
#include <crypto/text.h>
#include <lib/string.h>

/* Both with their terminator, which is the separator of the definition. */
static const uint8_t key_label[] = "OpenVSM credvault hmac v1";
static const uint8_t challenge_label[] = "OpenVSM credvault challenge v1";

/* Returns the salt's size, 0 when a name is not acceptable. */
static size_t build_salt(const uint8_t *user, size_t user_size, const uint8_t *domain, size_t domain_size,
                         uint8_t salt[sizeof(key_label) + CREDVAULT_MAX_USER + 1 + CREDVAULT_MAX_DOMAIN])
{
    size_t at = sizeof(key_label);

    if (user_size == 0 || user_size > CREDVAULT_MAX_USER || domain_size > CREDVAULT_MAX_DOMAIN ||
        !text_is_utf8(domain, domain_size) || !text_ascii_upper(user, user_size, salt + at)) {
        return 0;
    }
    memcpy(salt, key_label, sizeof(key_label));
    at += user_size;
    salt[at++] = 0;
    if (domain_size > 0) {
        memcpy(salt + at, domain, domain_size);
    }
    return at + domain_size;
}

enum crypto_status vault_hmac_key(const uint8_t *password, size_t password_size, const uint8_t *user, size_t user_size,
                                  const uint8_t *domain, size_t domain_size, uint8_t key[VAULT_HMAC_SIZE])
{
    uint8_t salt[sizeof(key_label) + CREDVAULT_MAX_USER + 1 + CREDVAULT_MAX_DOMAIN];
    size_t salt_size = build_salt(user, user_size, domain, domain_size, salt);
    const struct mac_part salt_part = { salt, salt_size };

    memset(key, 0, VAULT_HMAC_SIZE);
    if (salt_size == 0 || password_size > CREDVAULT_MAX_PASSWORD || !text_is_utf8(password, password_size)) {
        return CRYPTO_BAD_REQUEST;
    }
    return pbkdf2_hmac(MAC_SHA256, password, password_size, &salt_part, 1, VAULT_HMAC_ITERATIONS, key, VAULT_HMAC_SIZE);
}

enum crypto_status vault_hmac_tag(const uint8_t key[VAULT_HMAC_SIZE], const uint8_t *message, size_t size,
                                  uint8_t tag[VAULT_HMAC_SIZE])
{
    const struct mac_part parts[] = { { challenge_label, sizeof(challenge_label) }, { message, size } };

    memset(tag, 0, VAULT_HMAC_SIZE);
    if (size > CREDVAULT_MAX_MESSAGE) {
        return CRYPTO_BAD_REQUEST;
    }
    return mac_compute(MAC_SHA256, key, VAULT_HMAC_SIZE, parts, 2, tag);
}
