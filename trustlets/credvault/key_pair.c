#include "key_pair.h"

struct kind {
    psa_key_type_t type; /* 0: not PSA's */
    size_t bits;
};

#define CURVE PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1)

static const struct kind kinds[CREDVAULT_TYPE_COUNT] = {
    [CREDVAULT_P256] = { CURVE, 256 },
    [CREDVAULT_P384] = { CURVE, 384 },
    [CREDVAULT_RSA_2048] = { PSA_KEY_TYPE_RSA_KEY_PAIR, 2048 },
    [CREDVAULT_RSA_3072] = { PSA_KEY_TYPE_RSA_KEY_PAIR, 3072 },
};

bool key_pair_attributes(uint32_t type, psa_key_usage_t usage, psa_algorithm_t algorithm, psa_key_attributes_t *attributes)
{
    const psa_key_attributes_t empty = PSA_KEY_ATTRIBUTES_INIT;

    *attributes = empty;
    if (type >= CREDVAULT_TYPE_COUNT || kinds[type].type == 0) {
        return false;
    }
    psa_set_key_type(attributes, kinds[type].type);
    psa_set_key_bits(attributes, kinds[type].bits);
    psa_set_key_usage_flags(attributes, usage);
    psa_set_key_algorithm(attributes, algorithm);
    return true;
}

enum credvault_status key_pair_status(psa_status_t status)
{
    if (status == PSA_SUCCESS) {
        return CREDVAULT_SUCCESS;
    }
    return status == PSA_ERROR_INVALID_ARGUMENT || status == PSA_ERROR_NOT_SUPPORTED ? CREDVAULT_REFUSED : CREDVAULT_INTERNAL;
}

enum credvault_status key_pair_open(uint32_t type, const uint8_t *secret, uint32_t size, psa_key_usage_t usage,
                                    psa_algorithm_t algorithm, psa_key_id_t *id)
{
    psa_key_attributes_t attributes;

    *id = PSA_KEY_ID_NULL;
    if (!key_pair_attributes(type, usage, algorithm, &attributes)) {
        return CREDVAULT_WRONG_TYPE;
    }
    return key_pair_status(psa_import_key(&attributes, secret, size, id));
}
