/*
 * SIGN. ECDSA's nonces come from key and message (RFC 6979): no failure of a generator can give the key away, and the same
 * request has the same answer, so that nothing is gained by asking twice. PSA blinds the computation with random numbers.
 */
#include "rows.h"

#include <crypto/ed25519.h>
#include <lib/string.h>

#include "key_pair.h"

#define MAX_HASH 48u

struct algorithm {
    uint32_t types;
    psa_algorithm_t psa;    /* 0: Ed25519, which PSA of mbedTLS 2.28 lacks */
    psa_algorithm_t hash;
    uint32_t hash_size;     /* 0: it takes messages only */
    uint32_t max_signature;
};

#define RSA_TYPES (TYPE_BIT(CREDVAULT_RSA_2048) | TYPE_BIT(CREDVAULT_RSA_3072))

/* PSA's PSS has a salt as long as the hash: 32 bytes. */
static const struct algorithm algorithms[] = {
    [CREDVAULT_ECDSA_SHA256] = { TYPE_BIT(CREDVAULT_P256), PSA_ALG_DETERMINISTIC_ECDSA(PSA_ALG_SHA_256), PSA_ALG_SHA_256, 32, 64 },
    [CREDVAULT_ECDSA_SHA384] = { TYPE_BIT(CREDVAULT_P384), PSA_ALG_DETERMINISTIC_ECDSA(PSA_ALG_SHA_384), PSA_ALG_SHA_384, 48, 96 },
    [CREDVAULT_ED25519_PURE] = { TYPE_BIT(CREDVAULT_ED25519), 0, 0, 0, ED25519_SIGNATURE_SIZE },
    [CREDVAULT_RSA_PSS_SHA256] = { RSA_TYPES, PSA_ALG_RSA_PSS(PSA_ALG_SHA_256), PSA_ALG_SHA_256, 32, 384 },
    [CREDVAULT_RSA_PKCS1_SHA256] = { RSA_TYPES, PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256), PSA_ALG_SHA_256, 32, 384 },
};

static const struct algorithm *find_algorithm(uint32_t number)
{
    return number >= CREDVAULT_ECDSA_SHA256 && number <= CREDVAULT_RSA_PKCS1_SHA256 ? &algorithms[number] : NULL;
}

static enum credvault_status check(const struct operation *operation)
{
    const struct algorithm *algorithm;
    struct credvault_sign header;

    memcpy(&header, operation->input, sizeof(header));
    algorithm = find_algorithm(header.algorithm);
    if (algorithm == NULL || (header.flags & ~(uint32_t)CREDVAULT_SIGN_HASHED) != 0 ||
        header.size != operation->input_size - sizeof(header) || operation->reply_capacity < algorithm->max_signature) {
        return CREDVAULT_BAD_REQUEST;
    }
    return header.flags == 0 || (algorithm->hash_size != 0 && header.size == algorithm->hash_size) ? CREDVAULT_SUCCESS
                                                                                                  : CREDVAULT_BAD_REQUEST;
}

static bool make_hash(const struct algorithm *algorithm, const struct credvault_sign *header, const uint8_t *message,
                      uint8_t hash[MAX_HASH])
{
    size_t size = 0;

    if (header->flags != 0) {
        memcpy(hash, message, algorithm->hash_size);
        return true;
    }
    return psa_hash_compute(algorithm->hash, message, header->size, hash, MAX_HASH, &size) == PSA_SUCCESS;
}

static enum credvault_status sign_by_psa(struct operation *operation, const struct algorithm *algorithm,
                                         const struct credvault_sign *header, const uint8_t *message)
{
    const struct record *record = operation->record;
    uint8_t hash[MAX_HASH];
    size_t size = 0;
    psa_key_id_t id;
    psa_status_t status;

    if (!make_hash(algorithm, header, message, hash) ||
        key_pair_open(record->type, record->secret, record->secret_size, PSA_KEY_USAGE_SIGN_HASH, algorithm->psa, &id) !=
            CREDVAULT_SUCCESS) {
        return CREDVAULT_INTERNAL;
    }
    status = psa_sign_hash(id, algorithm->psa, hash, algorithm->hash_size, operation->reply, operation->reply_capacity, &size);
    psa_destroy_key(id);
    return operation_end(operation, (uint32_t)size, status == PSA_SUCCESS ? CREDVAULT_SUCCESS : CREDVAULT_INTERNAL);
}

static enum credvault_status run(struct operation *operation)
{
    const uint8_t *message = operation->input + sizeof(struct credvault_sign);
    const struct algorithm *algorithm;
    struct credvault_sign header;

    memcpy(&header, operation->input, sizeof(header));
    algorithm = find_algorithm(header.algorithm);
    if ((algorithm->types & TYPE_BIT(operation->record->type)) == 0) {
        return CREDVAULT_WRONG_TYPE;
    }
    if (algorithm->psa != 0) {
        return sign_by_psa(operation, algorithm, &header, message);
    }
    ed25519_sign(operation->record->secret, message, header.size, operation->reply);
    return operation_end(operation, ED25519_SIGNATURE_SIZE, CREDVAULT_SUCCESS);
}

const struct operation_row sign_operation = {
    .command = CREDVAULT_SIGN,
    .operation = CREDVAULT_ALLOW_SIGN,
    .types = TYPE_BIT(CREDVAULT_P256) | TYPE_BIT(CREDVAULT_P384) | TYPE_BIT(CREDVAULT_ED25519) | RSA_TYPES,
    .min_input = sizeof(struct credvault_sign),
    .max_input = sizeof(struct credvault_sign) + CREDVAULT_MAX_MESSAGE,
    .min_reply = 64,
    .check = check,
    .run = run,
};
