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

/* RFC 8018's function F: block = U_1 xor ... xor U_iterations. */
static psa_status_t derive_block(psa_key_id_t id, const struct mac_kind *kind, const struct mac_part *salt, size_t salts,
                                 uint32_t number, uint32_t iterations, uint8_t block[MAC_MAX_SIZE])
{
    const uint8_t index[4] = { (uint8_t)(number >> 24), (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number };
    uint8_t u[MAC_MAX_SIZE];
    struct mac_part first[PBKDF2_SALT_PARTS + 1];
    const struct mac_part next[] = { { u, kind->size } };
    psa_status_t status;

    memcpy(first, salt, salts * sizeof(*salt));
    first[salts] = (struct mac_part){ index, sizeof(index) };
    status = compute(id, kind, first, salts + 1, u);
    memcpy(block, u, kind->size);
    for (uint32_t i = 1; i < iterations && status == PSA_SUCCESS; i++) {
        status = compute(id, kind, next, 1, u);
        for (size_t j = 0; j < kind->size; j++) {
            block[j] ^= u[j];
        }
    }
    secure_zero(u, sizeof(u));
    return status;
}

static psa_status_t derive(psa_key_id_t id, const struct mac_kind *kind, const struct mac_part *salt, size_t salts,
                           uint32_t iterations, uint8_t *out, size_t size)
{
    uint8_t block[MAC_MAX_SIZE];
    psa_status_t status = PSA_SUCCESS;
    uint32_t number = 1;

    for (size_t done = 0; done < size && status == PSA_SUCCESS; number++) {
        size_t part = size - done < kind->size ? size - done : kind->size;

        status = derive_block(id, kind, salt, salts, number, iterations, block);
        memcpy(out + done, block, part);
        done += part;
    }
    secure_zero(block, sizeof(block));
    return status;
}

enum crypto_status pbkdf2_hmac(enum mac_hash hash, const void *password, size_t password_size, const struct mac_part *salt,
                               size_t salts, uint32_t iterations, uint8_t *out, size_t size)
{
    psa_key_id_t id = PSA_KEY_ID_NULL;
    psa_status_t status = PSA_ERROR_INVALID_ARGUMENT;

    if (salts <= PBKDF2_SALT_PARTS && iterations > 0) {
        status = import_key(kinds[hash].algorithm, password, password_size, &id);
    }
    if (status == PSA_SUCCESS) {
        status = derive(id, &kinds[hash], salt, salts, iterations, out, size);
    }
    psa_destroy_key(id);
    if (status != PSA_SUCCESS) {
        secure_zero(out, size);
        return CRYPTO_FAILED;
    }
    return CRYPTO_OK;
}
