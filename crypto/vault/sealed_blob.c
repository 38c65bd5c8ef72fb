#include <crypto/sealed_blob.h>

#include <crypto/equal.h>
#include <lib/string.h>

#define HEADER_SIZE sizeof(struct sealed_blob_header)

static const uint8_t magic[8] = { 'O', 'V', 'S', 'M', 'B', 'L', 'O', 'B' };

enum crypto_status sealed_blob_key_import(const uint8_t key[SEALED_BLOB_KEY_SIZE], psa_key_id_t *id)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;

    psa_set_key_type(&attributes, PSA_KEY_TYPE_AES);
    psa_set_key_algorithm(&attributes, PSA_ALG_GCM);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT);
    return psa_import_key(&attributes, key, SEALED_BLOB_KEY_SIZE, id) == PSA_SUCCESS ? CRYPTO_OK : CRYPTO_FAILED;
}

static struct sealed_blob_header header_for(const struct sealed_blob_binding *binding, size_t size)
{
    struct sealed_blob_header header = {
        .version = SEALED_BLOB_VERSION,
        .purpose = binding->purpose,
        .security_version = binding->security_version,
        .number = binding->number,
        .generation = binding->generation,
        .size = (uint32_t)size,
    };

    memcpy(header.magic, magic, sizeof(magic));
    memcpy(header.identity, binding->identity, sizeof(header.identity));
    memcpy(header.root_id, binding->root_id, sizeof(header.root_id));
    memcpy(header.pcrs, binding->pcrs, sizeof(header.pcrs));
    return header;
}

enum crypto_status sealed_blob_seal(psa_key_id_t key, const struct sealed_blob_binding *binding, const void *secret,
                                    size_t size, uint8_t blob[SEALED_BLOB_MAX], size_t *blob_size)
{
    struct sealed_blob_header header = header_for(binding, size);
    size_t produced = 0;
    psa_status_t status;

    *blob_size = 0;
    memset(blob, 0, SEALED_BLOB_MAX);
    if (size > SEALED_BLOB_MAX_SECRET) {
        return CRYPTO_BAD_REQUEST;
    }
    status = psa_generate_random(header.nonce, sizeof(header.nonce));
    if (status == PSA_SUCCESS) {
        status = psa_aead_encrypt(key, PSA_ALG_GCM, header.nonce, sizeof(header.nonce), (const uint8_t *)&header, HEADER_SIZE,
                                  secret, size, blob + HEADER_SIZE, size + SEALED_BLOB_TAG_SIZE, &produced);
    }
    if (status != PSA_SUCCESS || produced != size + SEALED_BLOB_TAG_SIZE) {
        memset(blob, 0, SEALED_BLOB_MAX);
        return CRYPTO_FAILED;
    }
    memcpy(blob, &header, HEADER_SIZE);
    *blob_size = HEADER_SIZE + produced;
    return CRYPTO_OK;
}

/* What is authenticated is the header we expect; the blob's own only supplies the nonce and must not differ otherwise. */
static bool decrypt(psa_key_id_t key, const struct sealed_blob_binding *binding, const uint8_t *blob, size_t size,
                    uint8_t *secret)
{
    struct sealed_blob_header header = header_for(binding, size);
    struct sealed_blob_header given;
    size_t produced = 0;
    psa_status_t status;
    bool same;

    memcpy(&given, blob, HEADER_SIZE);
    memcpy(header.nonce, given.nonce, sizeof(header.nonce));
    same = crypto_equal(&given, &header, HEADER_SIZE);
    status = psa_aead_decrypt(key, PSA_ALG_GCM, header.nonce, sizeof(header.nonce), (const uint8_t *)&header, HEADER_SIZE,
                              blob + HEADER_SIZE, size + SEALED_BLOB_TAG_SIZE, secret, SEALED_BLOB_MAX_SECRET, &produced);
    return status == PSA_SUCCESS && produced == size && same;
}

enum crypto_status sealed_blob_open(psa_key_id_t key, const struct sealed_blob_binding *binding, const void *blob,
                                    size_t blob_size, uint8_t secret[SEALED_BLOB_MAX_SECRET], size_t *size)
{
    *size = 0;
    if (blob_size < SEALED_BLOB_OVERHEAD || blob_size > SEALED_BLOB_MAX ||
        !decrypt(key, binding, blob, blob_size - SEALED_BLOB_OVERHEAD, secret)) {
        secure_zero(secret, SEALED_BLOB_MAX_SECRET);
        return CRYPTO_REFUSED;
    }
    *size = blob_size - SEALED_BLOB_OVERHEAD;
    return CRYPTO_OK;
}

bool sealed_blob_claims(const void *blob, size_t blob_size, struct sealed_blob_header *header)
{
    struct sealed_blob_header given;

    if (blob_size < SEALED_BLOB_OVERHEAD || blob_size > SEALED_BLOB_MAX) {
        return false;
    }
    memcpy(&given, blob, HEADER_SIZE);
    if (memcmp(given.magic, magic, sizeof(magic)) != 0 || given.version != SEALED_BLOB_VERSION ||
        given.size != blob_size - SEALED_BLOB_OVERHEAD) {
        return false;
    }
    *header = given;
    return true;
}
