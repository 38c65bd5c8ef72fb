#include "secret.h"

#include <stdint.h>

#include <crypto/kerberos.h>

#define SIZE 37u

static uint8_t key[KERBEROS_MAX_KEY], message[SIZE], out[SIZE + KERBEROS_MAX_OVERHEAD], again[SIZE + KERBEROS_MAX_OVERHEAD];

static bool good(enum crypto_status status)
{
    PUBLIC(&status, sizeof(status));
    return status == CRYPTO_OK;
}

/* Everything that is done with a key of that type; what travels is public. */
static bool use(enum kerberos_type type)
{
    SECRET(key, sizeof(key));
    SECRET(message, sizeof(message));
    if (!good(kerberos_encrypt(type, key, 3, message, SIZE, out))) {
        return false;
    }
    PUBLIC(out, sizeof(out));
    return good(kerberos_decrypt(type, key, 3, out, SIZE + kerberos_overhead(type), again)) &&
           good(kerberos_checksum(type, key, 6, message, SIZE, out)) && good(kerberos_prf(type, key, message, SIZE, out));
}

static bool string_to_key(enum kerberos_type type)
{
    uint8_t password[] = "correct horse";

    SECRET(password, sizeof(password));
    return good(kerberos_string_to_key(type, password, sizeof(password) - 1, (const uint8_t *)"salt", 4, 2, key));
}

static bool use_sha1(void)
{
    return use(KERBEROS_AES128_SHA1) && use(KERBEROS_AES256_SHA1);
}

static bool use_sha2(void)
{
    return use(KERBEROS_AES128_SHA256) && use(KERBEROS_AES256_SHA384);
}

static bool password_sha1(void)
{
    return string_to_key(KERBEROS_AES128_SHA1) && string_to_key(KERBEROS_AES256_SHA1);
}

static bool password_sha2(void)
{
    return string_to_key(KERBEROS_AES128_SHA256) && string_to_key(KERBEROS_AES256_SHA384);
}

const struct secret_case kerberos_cases[] = {
    { "kerberos-sha1", use_sha1, false },
    { "kerberos-sha2", use_sha2, false },
    { "kerberos-password-sha1", password_sha1, false },
    { "kerberos-password-sha2", password_sha2, false },
    { NULL, NULL, false },
};
