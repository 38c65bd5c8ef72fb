#include <crypto/sealed_blob.h>

#include <stdbool.h>

#include <crypto/equal.h>
#include <lib/string.h>

#define HEADER_SIZE     sizeof(struct sealed_blob_header)
#define PLAINTEXT_SIZE  (2u + SEALED_BLOB_CAPACITY)
#define CIPHERTEXT_SIZE (PLAINTEXT_SIZE + SEALED_BLOB_TAG_SIZE)

_Static_assert(HEADER_SIZE + CIPHERTEXT_SIZE == SEALED_BLOB_SIZE, "sealed blob");

static const uint8_t magic[8] = { 'O', 'V', 'S', 'M', 'B', 'L', 'O', 'B' };

enum crypto_status sealed_blob_key_import(const uint8_t key[SEALED_BLOB_KEY_SIZE], psa_key_id_t *id)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;

    psa_set_key_type(&attributes, PSA_KEY_TYPE_AES);
    psa_set_key_algorithm(&attributes, PSA_ALG_GCM);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT);
    return psa_import_key(&attributes, key, SEALED_BLOB_KEY_SIZE, id) == PSA_SUCCESS ? CRYPTO_OK : CRYPTO_FAILED;
}

static struct sealed_blob_header header_for(const struct sealed_blob_binding *binding)
{
    struct sealed_blob_header header = {
        .version = SEALED_BLOB_VERSION,
        .purpose = binding->purpose,
        .security_version = binding->security_version,
    };

    memcpy(header.magic, magic, sizeof(magic));
    memcpy(header.identity, binding->identity, sizeof(header.identity));
    return header;
}

enum crypto_status sealed_blob_seal(psa_key_id_t key, const struct sealed_blob_binding *binding, const void *secret,
                                    size_t size, uint8_t blob[SEALED_BLOB_SIZE])
{
    struct sealed_blob_header header = header_for(binding);
    uint8_t plaintext[PLAINTEXT_SIZE] = { (uint8_t)size, (uint8_t)(size >> 8) };
    size_t produced = 0;
    psa_status_t status;

    memset(blob, 0, SEALED_BLOB_SIZE);
    if (size > SEALED_BLOB_CAPACITY) {
        return CRYPTO_BAD_REQUEST;
    }
    if (size > 0) {
        memcpy(plaintext + 2, secret, size);
    }
    status = psa_generate_random(header.nonce, sizeof(header.nonce));
    if (status == PSA_SUCCESS) {
        status = psa_aead_encrypt(key, PSA_ALG_GCM, header.nonce, sizeof(header.nonce), (const uint8_t *)&header, HEADER_SIZE,
                                  plaintext, sizeof(plaintext), blob + HEADER_SIZE, CIPHERTEXT_SIZE, &produced);
    }
    secure_zero(plaintext, sizeof(plaintext));
    if (status != PSA_SUCCESS || produced != CIPHERTEXT_SIZE) {
        memset(blob, 0, SEALED_BLOB_SIZE);
        return CRYPTO_FAILED;
    }
    memcpy(blob, &header, HEADER_SIZE);
    return CRYPTO_OK;
}

/* What is authenticated is the header we expect; the blob's own only supplies the nonce and must not differ otherwise. */
static bool decrypt(psa_key_id_t key, const struct sealed_blob_binding *binding, const uint8_t *blob,
                    uint8_t plaintext[PLAINTEXT_SIZE])
{
    struct sealed_blob_header given;
    struct sealed_blob_header header = header_for(binding);
    size_t produced = 0;
    psa_status_t status;

    memcpy(&given, blob, HEADER_SIZE);
    memcpy(header.nonce, given.nonce, sizeof(header.nonce));
    status = psa_aead_decrypt(key, PSA_ALG_GCM, header.nonce, sizeof(header.nonce), (const uint8_t *)&header, HEADER_SIZE,
                              blob + HEADER_SIZE, CIPHERTEXT_SIZE, plaintext, PLAINTEXT_SIZE, &produced);
    return status == PSA_SUCCESS && produced == PLAINTEXT_SIZE && crypto_equal(&given, &header, HEADER_SIZE);
}

enum crypto_status sealed_blob_open(psa_key_id_t key, const struct sealed_blob_binding *binding, const void *blob,
                                    size_t blob_size, uint8_t secret[SEALED_BLOB_CAPACITY], size_t *size)
{
    uint8_t plaintext[PLAINTEXT_SIZE] = { 0 };
    enum crypto_status result = CRYPTO_REFUSED;
    size_t secret_size;

    if (blob_size != SEALED_BLOB_SIZE) {
        return CRYPTO_REFUSED;
    }
    if (decrypt(key, binding, blob, plaintext)) {
        secret_size = plaintext[0] | (size_t)plaintext[1] << 8;
        if (secret_size <= SEALED_BLOB_CAPACITY) {
            memcpy(secret, plaintext + 2, SEALED_BLOB_CAPACITY); /* all of it: how long a copy takes would tell the size */
            *size = secret_size;
            result = CRYPTO_OK;
        }
    }
    secure_zero(plaintext, sizeof(plaintext));
    return result;
}
