#include "key_material.h"

#include <crypto/ed25519.h>
#include <lib/string.h>

#include "key_pair.h"
#include "key_rsa.h"
#include "key_symmetric.h"

#define HASH_SIZE     32u
#define MAX_SIGNATURE 384u

static bool is_rsa(uint32_t type)
{
    return type == CREDVAULT_RSA_2048 || type == CREDVAULT_RSA_3072;
}

static psa_algorithm_t trial_algorithm(uint32_t type)
{
    return is_rsa(type) ? PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256) : 0;
}

/* A signature of random bytes that does not verify shows an RSA key whose primes are none. */
static enum credvault_status try_rsa(psa_key_id_t id)
{
    const psa_algorithm_t algorithm = trial_algorithm(CREDVAULT_RSA_2048);
    uint8_t hash[HASH_SIZE], signature[MAX_SIGNATURE];
    size_t size = 0;
    bool good;

    if (psa_generate_random(hash, sizeof(hash)) != PSA_SUCCESS) {
        return CREDVAULT_INTERNAL;
    }
    good = psa_sign_hash(id, algorithm, hash, sizeof(hash), signature, sizeof(signature), &size) == PSA_SUCCESS &&
           psa_verify_hash(id, algorithm, hash, sizeof(hash), signature, size) == PSA_SUCCESS;
    return good ? CREDVAULT_SUCCESS : CREDVAULT_REFUSED;
}

static enum credvault_status export_public(struct record *record, psa_key_id_t id)
{
    size_t size = 0;

    if (psa_export_public_key(id, record->public_key, sizeof(record->public_key), &size) != PSA_SUCCESS) {
        return CREDVAULT_INTERNAL;
    }
    record->public_key_size = (uint32_t)size;
    return CREDVAULT_SUCCESS;
}

static enum credvault_status import_pair(struct record *record, const uint8_t *secret, uint32_t size)
{
    enum credvault_status status = is_rsa(record->type) ? key_rsa_check(secret, size) : CREDVAULT_SUCCESS;
    psa_key_id_t id;

    if (status == CREDVAULT_SUCCESS) {
        status = key_pair_open(record->type, secret, size, PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_VERIFY_HASH,
                               trial_algorithm(record->type), &id);
    }
    if (status != CREDVAULT_SUCCESS) {
        return status;
    }
    if (is_rsa(record->type)) {
        status = try_rsa(id);
    }
    if (status == CREDVAULT_SUCCESS) {
        status = export_public(record, id);
    }
    psa_destroy_key(id);
    return status;
}

static enum credvault_status import_ed25519(struct record *record, const uint8_t *secret, uint32_t size)
{
    if (size != ED25519_SEED_SIZE) {
        return CREDVAULT_REFUSED;
    }
    ed25519_public_key(secret, record->public_key);
    record->public_key_size = ED25519_PUBLIC_SIZE;
    return CREDVAULT_SUCCESS;
}

static enum credvault_status import_symmetric(struct record *record, uint32_t size)
{
    if (!key_symmetric_size_ok(record, size)) {
        return CREDVAULT_REFUSED;
    }
    record->symmetric.size = size;
    return CREDVAULT_SUCCESS;
}

enum credvault_status key_material_import(struct record *record, const uint8_t *secret, uint32_t size)
{
    enum credvault_status status = CREDVAULT_REFUSED;

    key_material_wipe(record);
    if (record->type == CREDVAULT_PASSWORD) {
        return CREDVAULT_WRONG_TYPE;
    }
    if (size > sizeof(record->secret)) {
        return CREDVAULT_REFUSED;
    }
    switch (record->type) {
    case CREDVAULT_SYMMETRIC: status = import_symmetric(record, size); break;
    case CREDVAULT_ED25519: status = import_ed25519(record, secret, size); break;
    default: status = import_pair(record, secret, size); break;
    }
    if (status != CREDVAULT_SUCCESS) {
        key_material_wipe(record);
        return status;
    }
    memcpy(record->secret, secret, size);
    record->secret_size = size;
    return CREDVAULT_SUCCESS;
}
