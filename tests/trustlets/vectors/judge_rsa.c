#include "judges.h"

enum { KEY, MESSAGE, SIGNATURE };

static uint8_t made[384];

static psa_status_t verify_with(psa_algorithm_t algorithm, const struct published_record *record)
{
    const struct published_field *f = record->fields;
    psa_key_id_t id;
    psa_status_t status = judge_import(PSA_KEY_TYPE_RSA_PUBLIC_KEY, algorithm, PSA_KEY_USAGE_VERIFY_MESSAGE, f[KEY].data, f[KEY].size,
                                       &id);

    if (status == PSA_SUCCESS) {
        status = psa_verify_message(id, algorithm, f[MESSAGE].data, f[MESSAGE].size, f[SIGNATURE].data, f[SIGNATURE].size);
    }
    psa_destroy_key(id);
    return status;
}

enum verdict judge_rsa_pkcs1_verify(const struct published_record *record)
{
    return judge_status(verify_with(PSA_ALG_RSA_PKCS1V15_SIGN(judge_hash_algorithm(record)), record));
}

/* These salts are shorter than the hash: only who asks for any salt may accept them. */
enum verdict judge_rsa_pss_verify(const struct published_record *record)
{
    psa_algorithm_t hash = judge_hash_algorithm(record);

    if (verify_with(PSA_ALG_RSA_PSS(hash), record) == PSA_SUCCESS) {
        return VERDICT_BROKEN;
    }
    return judge_status(verify_with(PSA_ALG_RSA_PSS_ANY_SALT(hash), record));
}

/* The published signature verifies, and ours, whose size comes back. */
static enum verdict sign_with(psa_algorithm_t algorithm, const struct published_record *record, size_t *size)
{
    const struct published_field *f = record->fields;
    psa_key_id_t id;
    psa_status_t status = judge_import(PSA_KEY_TYPE_RSA_KEY_PAIR, algorithm,
                                       PSA_KEY_USAGE_SIGN_MESSAGE | PSA_KEY_USAGE_VERIFY_MESSAGE, f[KEY].data, f[KEY].size, &id);

    if (status == PSA_SUCCESS) {
        status = psa_verify_message(id, algorithm, f[MESSAGE].data, f[MESSAGE].size, f[SIGNATURE].data, f[SIGNATURE].size);
    }
    if (status == PSA_SUCCESS) {
        status = psa_sign_message(id, algorithm, f[MESSAGE].data, f[MESSAGE].size, made, sizeof(made), size);
    }
    if (status == PSA_SUCCESS) {
        status = psa_verify_message(id, algorithm, f[MESSAGE].data, f[MESSAGE].size, made, *size);
    }
    psa_destroy_key(id);
    return judge_status(status);
}

/* PKCS#1 v1.5 has no randomness: ours is the published one. */
enum verdict judge_rsa_pkcs1_sign(const struct published_record *record)
{
    size_t size = 0;
    enum verdict verdict = sign_with(PSA_ALG_RSA_PKCS1V15_SIGN(judge_hash_algorithm(record)), record, &size);

    return judge_both(verdict, judge_same(&record->fields[SIGNATURE], made, size));
}

enum verdict judge_rsa_pss_sign(const struct published_record *record)
{
    size_t size = 0;

    return sign_with(PSA_ALG_RSA_PSS_ANY_SALT(judge_hash_algorithm(record)), record, &size);
}
