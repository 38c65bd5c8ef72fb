#include "key_material.h"

#include <crypto/kerberos.h>
#include <crypto/ntlm.h>
#include <crypto/text.h>
#include <crypto/vault_hmac.h>
#include <lib/string.h>

#include "key_symmetric.h"

#define MAX_ITERATIONS  100000u
#define SHA1_ITERATIONS 4096u  /* RFC 3962, "String-to-Key": what a KDC that says nothing means */
#define SHA2_ITERATIONS 32768u /* RFC 8009, "Key Generation from Pass Phrases" */

struct text {
    const uint8_t *at;
    size_t size;
};

struct password {
    struct credvault_password header;
    struct text user, domain, password, salt;
};

static struct text take(const uint8_t **at, uint16_t size)
{
    struct text text = { *at, size };

    *at += size;
    return text;
}

/* False unless the sizes are within their limits and add up to the input's. */
static bool decode(const uint8_t *input, uint32_t size, struct password *to)
{
    const struct credvault_password *header = &to->header;
    const uint8_t *at = input + sizeof(*header);

    if (size < sizeof(*header)) {
        return false;
    }
    memcpy(&to->header, input, sizeof(*header));
    if (header->user_size == 0 || header->user_size > CREDVAULT_MAX_USER || header->domain_size > CREDVAULT_MAX_DOMAIN ||
        header->password_size > CREDVAULT_MAX_PASSWORD || header->salt_size > CREDVAULT_MAX_SALT ||
        header->iterations_sha1 > MAX_ITERATIONS || header->iterations_sha2 > MAX_ITERATIONS ||
        size - sizeof(*header) != (uint32_t)header->user_size + header->domain_size + header->password_size + header->salt_size) {
        return false;
    }
    to->user = take(&at, header->user_size);
    to->domain = take(&at, header->domain_size);
    to->password = take(&at, header->password_size);
    to->salt = take(&at, header->salt_size);
    return true;
}

/* A salt is bytes that the KDC names, no text. */
enum credvault_status key_material_check_password(const uint8_t *input, uint32_t size)
{
    uint8_t upper[CREDVAULT_MAX_USER];
    struct password password;
    bool good = decode(input, size, &password) && text_ascii_upper(password.user.at, password.user.size, upper) &&
                text_is_utf8(password.domain.at, password.domain.size) &&
                text_is_utf8(password.password.at, password.password.size);

    return good ? CREDVAULT_SUCCESS : CREDVAULT_BAD_REQUEST;
}

static enum crypto_status make_ntlm(const struct password *from, struct password_keys *keys)
{
    uint8_t nt_hash[NTLM_HASH_SIZE];
    enum crypto_status status = ntlm_nt_hash(from->password.at, from->password.size, nt_hash);

    if (status == CRYPTO_OK) {
        status = ntlm_ntowfv2(nt_hash, from->user.at, from->user.size, from->domain.at, from->domain.size, keys->ntlm);
    }
    secure_zero(nt_hash, sizeof(nt_hash));
    return status;
}

static enum crypto_status make_kerberos(const struct password *from, const uint8_t *salt, size_t salt_size,
                                        struct password_keys *keys)
{
    uint32_t sha1 = from->header.iterations_sha1 != 0 ? from->header.iterations_sha1 : SHA1_ITERATIONS;
    uint32_t sha2 = from->header.iterations_sha2 != 0 ? from->header.iterations_sha2 : SHA2_ITERATIONS;
    enum crypto_status status = CRYPTO_OK;

    for (unsigned type = KERBEROS_AES128_SHA1; type <= KERBEROS_AES256_SHA384 && status == CRYPTO_OK; type++) {
        status = kerberos_string_to_key((enum kerberos_type)type, from->password.at, from->password.size, salt, salt_size,
                                        type <= KERBEROS_AES256_SHA1 ? sha1 : sha2, keys->kerberos[type - KERBEROS_AES128_SHA1]);
    }
    return status;
}

/* RFC 4120, "Pre-Authentication Data": realm and name one after the other, when the KDC says nothing else. */
static enum crypto_status make_kerberos_salted(const struct password *from, struct password_keys *keys)
{
    uint8_t salt[CREDVAULT_MAX_DOMAIN + CREDVAULT_MAX_USER];

    if (from->salt.size > 0) {
        return make_kerberos(from, from->salt.at, from->salt.size, keys);
    }
    memcpy(salt, from->domain.at, from->domain.size);
    memcpy(salt + from->domain.size, from->user.at, from->user.size);
    return make_kerberos(from, salt, from->domain.size + from->user.size, keys);
}

enum credvault_status key_material_password(struct record *record, const uint8_t *input, uint32_t size)
{
    struct password_keys keys;
    struct password from;
    enum crypto_status status = CRYPTO_BAD_REQUEST;

    key_material_wipe(record);
    memset(&keys, 0, sizeof(keys));
    if (decode(input, size, &from)) {
        status = make_ntlm(&from, &keys);
    }
    if (status == CRYPTO_OK) {
        status = vault_hmac_key(from.password.at, from.password.size, from.user.at, from.user.size, from.domain.at,
                                from.domain.size, keys.hmac);
    }
    if (status == CRYPTO_OK) {
        status = make_kerberos_salted(&from, &keys);
    }
    if (status == CRYPTO_OK) {
        memcpy(record->secret, &keys, sizeof(keys));
        record->secret_size = sizeof(keys);
    }
    secure_zero(&keys, sizeof(keys));
    return status == CRYPTO_OK ? CREDVAULT_SUCCESS : CREDVAULT_INTERNAL;
}
