#include "judges.h"

#include <crypto/ed25519.h>
#include <lib/string.h>

#define MAX_COORDINATE 48u
#define MAX_POINT      (1u + 2u * (MAX_COORDINATE + 1u)) /* a coordinate out of range may be a byte longer */
#define SIGN_AND_VERIFY (PSA_KEY_USAGE_SIGN_MESSAGE | PSA_KEY_USAGE_VERIFY_MESSAGE)

/* SEC 1's uncompressed form of x, y; its size. */
static size_t point(const struct published_field xy[2], uint8_t to[MAX_POINT])
{
    to[0] = 4;
    memcpy(to + 1, xy[0].data, xy[0].size);
    memcpy(to + 1 + xy[0].size, xy[1].data, xy[1].size);
    return 1 + xy[0].size + xy[1].size;
}

static psa_status_t import_public(const struct published_field xy[2], psa_algorithm_t algorithm, psa_key_id_t *id)
{
    uint8_t bytes[MAX_POINT];
    size_t size = point(xy, bytes);

    return judge_import(PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1), algorithm, PSA_KEY_USAGE_VERIFY_MESSAGE, bytes, size, id);
}

/* Imports the private key, whose public key must be x, y. */
static enum verdict import_pair(const struct published_field *key, const struct published_field xy[2], psa_algorithm_t algorithm,
                                psa_key_usage_t usage, psa_key_id_t *id)
{
    uint8_t expected[MAX_POINT], bytes[MAX_POINT];
    size_t size = 0;
    psa_status_t status = judge_import(PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), algorithm, usage, key->data, key->size, id);

    if (status == PSA_SUCCESS) {
        status = psa_export_public_key(*id, bytes, sizeof(bytes), &size);
    }
    if (status != PSA_SUCCESS) {
        return judge_status(status);
    }
    return judge_same(&(struct published_field){ expected, point(xy, expected) }, bytes, size);
}

enum verdict judge_ec_public(const struct published_record *record)
{
    psa_key_id_t id;
    psa_status_t status = import_public(record->fields, PSA_ALG_ECDSA(PSA_ALG_SHA_256), &id);

    psa_destroy_key(id);
    return judge_status(status);
}

enum verdict judge_ec_pair(const struct published_record *record)
{
    psa_key_id_t id;
    enum verdict verdict = import_pair(&record->fields[0], &record->fields[1], PSA_ALG_ECDH, PSA_KEY_USAGE_DERIVE, &id);

    psa_destroy_key(id);
    return verdict;
}

static psa_status_t verify(psa_key_id_t id, psa_algorithm_t algorithm, const struct published_field rs[2],
                           const struct published_field *message)
{
    uint8_t signature[2 * (MAX_COORDINATE + 1)];

    memcpy(signature, rs[0].data, rs[0].size);
    memcpy(signature + rs[0].size, rs[1].data, rs[1].size);
    return psa_verify_message(id, algorithm, message->data, message->size, signature, rs[0].size + rs[1].size);
}

enum verdict judge_ecdsa_verify(const struct published_record *record)
{
    psa_algorithm_t algorithm = PSA_ALG_ECDSA(judge_hash_algorithm(record));
    psa_key_id_t id;
    psa_status_t status = import_public(record->fields, algorithm, &id);

    if (status == PSA_SUCCESS) {
        status = verify(id, algorithm, &record->fields[2], &record->fields[4]);
    }
    psa_destroy_key(id);
    return judge_status(status);
}

/* The published signature has a nonce of its own, which PSA cannot be given: it verifies, and so does one of ours. */
static psa_status_t sign_and_verify(psa_key_id_t id, psa_algorithm_t algorithm, const struct published_field *message)
{
    uint8_t signature[2 * MAX_COORDINATE];
    size_t size = 0;
    psa_status_t status = psa_sign_message(id, algorithm, message->data, message->size, signature, sizeof(signature), &size);

    return status == PSA_SUCCESS ? psa_verify_message(id, algorithm, message->data, message->size, signature, size) : status;
}

enum verdict judge_ecdsa_sign(const struct published_record *record)
{
    const struct published_field *f = record->fields;
    psa_algorithm_t algorithm = PSA_ALG_ECDSA(judge_hash_algorithm(record));
    psa_key_id_t id;
    enum verdict verdict = import_pair(&f[0], &f[1], algorithm, SIGN_AND_VERIFY, &id);

    if (verdict == VERDICT_ACCEPTED) {
        verdict = judge_both(judge_status(verify(id, algorithm, &f[3], &f[5])), judge_status(sign_and_verify(id, algorithm, &f[5])));
    }
    psa_destroy_key(id);
    return verdict;
}

/* The agreed secret and its hash. */
static enum verdict agree(psa_key_id_t id, const struct published_record *record)
{
    uint8_t peer[MAX_POINT], secret[MAX_COORDINATE], hash[64];
    size_t peer_size = point(&record->fields[3], peer), size = 0, hash_size = 0;
    psa_status_t status = psa_raw_key_agreement(PSA_ALG_ECDH, id, peer, peer_size, secret, sizeof(secret), &size);

    if (status == PSA_SUCCESS) {
        status = psa_hash_compute(judge_hash_algorithm(record), secret, size, hash, sizeof(hash), &hash_size);
    }
    if (status != PSA_SUCCESS) {
        return judge_status(status);
    }
    return judge_both(judge_same(&record->fields[5], secret, size), judge_same(&record->fields[6], hash, hash_size));
}

enum verdict judge_ecdh(const struct published_record *record)
{
    psa_key_id_t id;
    enum verdict verdict = import_pair(&record->fields[0], &record->fields[1], PSA_ALG_ECDH, PSA_KEY_USAGE_DERIVE, &id);

    if (verdict == VERDICT_ACCEPTED) {
        verdict = agree(id, record);
    }
    psa_destroy_key(id);
    return verdict;
}

enum verdict judge_ed25519(const struct published_record *record)
{
    const struct published_field *seed = &record->fields[0], *message = &record->fields[2];
    uint8_t public_key[ED25519_PUBLIC_SIZE], signature[ED25519_SIGNATURE_SIZE];

    ed25519_public_key(seed->data, public_key);
    ed25519_sign(seed->data, message->data, message->size, signature);
    if (!ed25519_verify(record->fields[1].data, message->data, message->size, record->fields[3].data)) {
        return VERDICT_REFUSED;
    }
    return judge_both(judge_same(&record->fields[1], public_key, sizeof(public_key)),
                      judge_same(&record->fields[3], signature, sizeof(signature)));
}
