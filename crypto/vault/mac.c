#include <crypto/mac.h>

#include <lib/string.h>
#include <psa/crypto.h>

struct mac_kind {
    psa_algorithm_t algorithm;
    size_t size;
};

static const struct mac_kind kinds[] = {
    [MAC_MD5] = { PSA_ALG_HMAC(PSA_ALG_MD5), MAC_MD5_SIZE },
    [MAC_SHA1] = { PSA_ALG_HMAC(PSA_ALG_SHA_1), MAC_SHA1_SIZE },
    [MAC_SHA256] = { PSA_ALG_HMAC(PSA_ALG_SHA_256), MAC_SHA256_SIZE },
    [MAC_SHA384] = { PSA_ALG_HMAC(PSA_ALG_SHA_384), MAC_SHA384_SIZE },
    [MAC_SHA512] = { PSA_ALG_HMAC(PSA_ALG_SHA_512), MAC_SHA512_SIZE },
};

/* PSA has no empty keys. HMAC pads short keys with zeros (RFC 2104, "Definition of HMAC"), so one zero is the same key. */
static psa_status_t import_key(psa_algorithm_t algorithm, const void *key, size_t key_size, psa_key_id_t *id)
{
    static const uint8_t empty[1] = { 0 };
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;

    psa_set_key_type(&attributes, PSA_KEY_TYPE_HMAC);
    psa_set_key_algorithm(&attributes, algorithm);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_MESSAGE);
    return key_size > 0 ? psa_import_key(&attributes, key, key_size, id) : psa_import_key(&attributes, empty, 1, id);
}

static psa_status_t compute(psa_key_id_t id, const struct mac_kind *kind, const struct mac_part *parts, size_t count,
                            uint8_t *tag)
{
    psa_mac_operation_t operation = PSA_MAC_OPERATION_INIT;
    psa_status_t status = psa_mac_sign_setup(&operation, id, kind->algorithm);
    size_t size = 0;

    for (size_t i = 0; i < count && status == PSA_SUCCESS; i++) {
        if (parts[i].size > 0) {
            status = psa_mac_update(&operation, parts[i].data, parts[i].size);
        }
    }
    if (status == PSA_SUCCESS) {
        status = psa_mac_sign_finish(&operation, tag, kind->size, &size);
    }
    psa_mac_abort(&operation);
    if (status != PSA_SUCCESS || size != kind->size) {
        secure_zero(tag, kind->size);
        return PSA_ERROR_GENERIC_ERROR;
    }
    return PSA_SUCCESS;
}

enum crypto_status mac_compute(enum mac_hash hash, const void *key, size_t key_size, const struct mac_part *parts,
                               size_t count, uint8_t *tag)
{
    psa_key_id_t id;
    psa_status_t status;

    if (import_key(kinds[hash].algorithm, key, key_size, &id) != PSA_SUCCESS) {
        secure_zero(tag, kinds[hash].size);
        return CRYPTO_FAILED;
    }
    status = compute(id, &kinds[hash], parts, count, tag);
    psa_destroy_key(id);
    return status == PSA_SUCCESS ? CRYPTO_OK : CRYPTO_FAILED;
}

size_t mac_size(enum mac_hash hash)
{
    return kinds[hash].size;
}
