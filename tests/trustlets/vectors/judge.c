#include "judges.h"

#include <lib/string.h>

psa_algorithm_t judge_hash_algorithm(const struct published_record *record)
{
    static const psa_algorithm_t algorithms[] = {
        [PUBLISHED_MD5] = PSA_ALG_MD5,        [PUBLISHED_SHA1] = PSA_ALG_SHA_1,     [PUBLISHED_SHA224] = PSA_ALG_SHA_224,
        [PUBLISHED_SHA256] = PSA_ALG_SHA_256, [PUBLISHED_SHA384] = PSA_ALG_SHA_384, [PUBLISHED_SHA512] = PSA_ALG_SHA_512,
    };

    return algorithms[record->hash];
}

enum verdict judge_status(psa_status_t status)
{
    switch (status) {
    case PSA_SUCCESS:
        return VERDICT_ACCEPTED;
    case PSA_ERROR_INVALID_SIGNATURE:
    case PSA_ERROR_INVALID_ARGUMENT:
        return VERDICT_REFUSED;
    default:
        return VERDICT_BROKEN;
    }
}

enum verdict judge_same(const struct published_field *field, const uint8_t *data, size_t size)
{
    return field->size == size && memcmp(field->data, data, size) == 0 ? VERDICT_ACCEPTED : VERDICT_REFUSED;
}

enum verdict judge_both(enum verdict one, enum verdict other)
{
    return one > other ? one : other;
}

psa_status_t judge_import(psa_key_type_t type, psa_algorithm_t algorithm, psa_key_usage_t usage, const uint8_t *data, size_t size,
                          psa_key_id_t *id)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;

    psa_set_key_type(&attributes, type);
    psa_set_key_algorithm(&attributes, algorithm);
    psa_set_key_usage_flags(&attributes, usage);
    *id = PSA_KEY_ID_NULL;
    return psa_import_key(&attributes, data, size, id);
}
