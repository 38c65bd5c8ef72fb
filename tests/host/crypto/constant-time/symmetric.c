#include "secret.h"

#include <stdint.h>

#include <crypto/equal.h>
#include <crypto/hkdf.h>
#include <crypto/key_wrap.h>
#include <crypto/mac.h>
#include <crypto/ntlm.h>
#include <crypto/otp.h>
#include <crypto/sealed_blob.h>
#include <crypto/vault_hmac.h>

static uint8_t key[64], message[200], out[SEALED_BLOB_MAX], again[SEALED_BLOB_MAX_SECRET];

static bool good(enum crypto_status status)
{
    PUBLIC(&status, sizeof(status));
    return status == CRYPTO_OK;
}

static bool equal(void)
{
    bool same;

    SECRET(key, 32);
    SECRET(message, 32);
    same = crypto_equal(key, message, 32);
    PUBLIC(&same, sizeof(same));
    return same;
}

/* Keys shorter and longer than a block, and empty ones. */
static bool hmac(void)
{
    const struct mac_part part = { message, sizeof(message) };
    bool all = true;

    SECRET(key, sizeof(key));
    SECRET(message, sizeof(message));
    for (enum mac_hash hash = MAC_MD5; hash <= MAC_SHA512; hash++) {
        all &= good(mac_compute(hash, key, 20, &part, 1, out)) && good(mac_compute(hash, message, sizeof(message), &part, 1, out));
    }
    return all;
}

static bool derive_hkdf(void)
{
    SECRET(key, sizeof(key));
    return good(hkdf(MAC_SHA256, "salt", 4, key, 32, "info", 4, out, 70)) &&
           good(hkdf(MAC_SHA384, "salt", 4, key, 48, "info", 4, out, 70));
}

/* A PIN's way: stretched, compared. */
static bool pin(void)
{
    const struct mac_part salt = { "salt", 4 };
    bool all = true, same;

    SECRET(key, sizeof(key));
    SECRET(again, 64);
    for (enum mac_hash hash = MAC_SHA1; hash <= MAC_SHA512; hash++) {
        all &= good(pbkdf2_hmac(hash, key, 6, &salt, 1, 3, out, 64));
        same = crypto_equal(out, again, 64);
        PUBLIC(&same, sizeof(same));
        all &= !same;
    }
    return all;
}

static bool vault_hmac(void)
{
    uint8_t derived[VAULT_HMAC_SIZE];

    SECRET(key, sizeof(key));
    return good(vault_hmac_tag(key, message, sizeof(message), derived));
}

static bool one_time_password(void)
{
    uint32_t code;

    SECRET(key, sizeof(key));
    return good(hotp(MAC_SHA1, key, 20, 5, 6, &code)) && good(totp(MAC_SHA256, key, 32, 59, 0, 30, 8, &code)) &&
           good(totp(MAC_SHA512, key, 64, 59, 0, 30, 8, &code));
}

/* A password's letters while it is stored, not its length. */
static bool ntlm_password(void)
{
    uint8_t password[] = "correct horse";

    SECRET(password, sizeof(password));
    return good(ntlm_nt_hash(password, sizeof(password) - 1, out));
}

static bool ntlm_answer(void)
{
    static const uint8_t blob[32] = { 1, 1 };

    SECRET(key, NTLM_HASH_SIZE);
    return good(ntlm_ntowfv2(key, (const uint8_t *)"alice", 5, (const uint8_t *)"EXAMPLE", 7, out)) &&
           good(ntlmv2_response(out, message, blob, sizeof(blob), again, again + NTLM_HASH_SIZE));
}

static bool sealed_blob(void)
{
    const struct sealed_blob_binding binding = { .purpose = 1 };
    psa_key_id_t id;
    size_t blob_size = 0, size = 0;

    SECRET(key, sizeof(key));
    SECRET(message, sizeof(message));
    if (!good(sealed_blob_key_import(key, &id)) || !good(sealed_blob_seal(id, &binding, message, 40, out, &blob_size))) {
        return false;
    }
    PUBLIC(out, blob_size);
    return good(sealed_blob_open(id, &binding, out, blob_size, again, &size));
}

static bool wrap(void)
{
    SECRET(key, sizeof(key));
    SECRET(message, sizeof(message));
    if (!good(key_wrap(key, 32, message, 48, out))) {
        return false;
    }
    PUBLIC(out, 56);
    return good(key_unwrap(key, 32, out, 56, again));
}

static bool wrap_padded(void)
{
    size_t size = 0;

    SECRET(key, sizeof(key));
    SECRET(message, sizeof(message));
    if (!good(key_wrap_padded(key, 32, message, 45, out))) {
        return false;
    }
    PUBLIC(out, 56);
    return good(key_unwrap_padded(key, 32, out, 56, again, &size));
}

const struct secret_case symmetric_cases[] = {
    { "equal", equal, false },
    { "hmac", hmac, false },
    { "hkdf", derive_hkdf, false },
    { "pin", pin, false },
    { "vault-hmac", vault_hmac, false },
    { "one-time-password", one_time_password, false },
    { "ntlm-password", ntlm_password, false },
    { "ntlm-answer", ntlm_answer, false },
    { "sealed-blob", sealed_blob, false },
    { "key-wrap", wrap, false },
    { "key-wrap-padded", wrap_padded, false },
    { NULL, NULL, false },
};
