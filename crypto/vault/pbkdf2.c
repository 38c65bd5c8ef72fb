#include <crypto/mac.h>

#include <lib/string.h>
#include <psa/crypto.h>

#define MAX_BLOCK 128u
#define INNER_PAD 0x36u
#define OUTER_PAD 0x5cu

/*
 * HMAC (RFC 2104) with the key's two blocks hashed once and for all: of thousands of iterations each then costs two
 * compressions of the hash and not four, and no import of a key.
 */
struct keyed {
    psa_algorithm_t hash;
    size_t size;
    psa_hash_operation_t inner;
    psa_hash_operation_t outer;
};

static const psa_algorithm_t hashes[] = {
    [MAC_MD5] = PSA_ALG_MD5,
    [MAC_SHA1] = PSA_ALG_SHA_1,
    [MAC_SHA256] = PSA_ALG_SHA_256,
    [MAC_SHA384] = PSA_ALG_SHA_384,
    [MAC_SHA512] = PSA_ALG_SHA_512,
};

static size_t block_size(enum mac_hash hash)
{
    return hash == MAC_SHA384 || hash == MAC_SHA512 ? 128 : 64;
}

static psa_status_t start(psa_hash_operation_t *operation, psa_algorithm_t hash, uint8_t *block, size_t size, uint8_t pad)
{
    psa_status_t status = psa_hash_setup(operation, hash);

    for (size_t i = 0; i < size; i++) {
        block[i] ^= pad;
    }
    return status == PSA_SUCCESS ? psa_hash_update(operation, block, size) : status;
}

/* A key longer than a block counts by its hash. The library writes to all the room it is given, so it gets no more than that. */
static psa_status_t keyed_open(struct keyed *keyed, enum mac_hash hash, const void *key, size_t key_size)
{
    uint8_t block[MAX_BLOCK] = { 0 };
    size_t size = block_size(hash), hashed = 0;
    psa_status_t status = PSA_SUCCESS;

    *keyed = (struct keyed){ hashes[hash], mac_size(hash), PSA_HASH_OPERATION_INIT, PSA_HASH_OPERATION_INIT };
    if (key_size > size) {
        status = psa_hash_compute(keyed->hash, key, key_size, block, keyed->size, &hashed);
    } else if (key_size > 0) {
        memcpy(block, key, key_size);
    }
    if (status == PSA_SUCCESS) {
        status = start(&keyed->inner, keyed->hash, block, size, INNER_PAD);
    }
    if (status == PSA_SUCCESS) {
        status = start(&keyed->outer, keyed->hash, block, size, INNER_PAD ^ OUTER_PAD);
    }
    secure_zero(block, sizeof(block));
    return status;
}

/* The library wipes the states. */
static void keyed_close(struct keyed *keyed)
{
    psa_hash_abort(&keyed->inner);
    psa_hash_abort(&keyed->outer);
}

/* to = hash of what `from` has taken so far and the parts. */
static psa_status_t finish(const psa_hash_operation_t *from, const struct mac_part *parts, size_t count, uint8_t *to, size_t size)
{
    psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
    psa_status_t status = psa_hash_clone(from, &operation);
    size_t length = 0;

    for (size_t i = 0; i < count && status == PSA_SUCCESS; i++) {
        if (parts[i].size > 0) {
            status = psa_hash_update(&operation, parts[i].data, parts[i].size);
        }
    }
    if (status == PSA_SUCCESS) {
        status = psa_hash_finish(&operation, to, size, &length);
    }
    psa_hash_abort(&operation);
    return status;
}

static psa_status_t keyed_compute(const struct keyed *keyed, const struct mac_part *parts, size_t count, uint8_t *tag)
{
    const struct mac_part inner = { tag, keyed->size };
    psa_status_t status = finish(&keyed->inner, parts, count, tag, keyed->size);

    return status == PSA_SUCCESS ? finish(&keyed->outer, &inner, 1, tag, keyed->size) : status;
}

/* RFC 8018's function F: block = U_1 xor ... xor U_iterations. */
static psa_status_t derive_block(const struct keyed *keyed, const struct mac_part *salt, size_t salts, uint32_t number,
                                 uint32_t iterations, uint8_t block[MAC_MAX_SIZE])
{
    const uint8_t index[4] = { (uint8_t)(number >> 24), (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number };
    uint8_t u[MAC_MAX_SIZE] = { 0 };
    struct mac_part first[PBKDF2_SALT_PARTS + 1];
    const struct mac_part next = { u, keyed->size };
    psa_status_t status;

    memcpy(first, salt, salts * sizeof(*salt));
    first[salts] = (struct mac_part){ index, sizeof(index) };
    status = keyed_compute(keyed, first, salts + 1, u);
    memcpy(block, u, keyed->size);
    for (uint32_t i = 1; i < iterations && status == PSA_SUCCESS; i++) {
        status = keyed_compute(keyed, &next, 1, u);
        for (size_t j = 0; j < keyed->size; j++) {
            block[j] ^= u[j];
        }
    }
    secure_zero(u, sizeof(u));
    return status;
}

static psa_status_t derive(const struct keyed *keyed, const struct mac_part *salt, size_t salts, uint32_t iterations,
                           uint8_t *out, size_t size)
{
    uint8_t block[MAC_MAX_SIZE];
    psa_status_t status = PSA_SUCCESS;
    uint32_t number = 1;

    for (size_t done = 0; done < size && status == PSA_SUCCESS; number++) {
        size_t part = size - done < keyed->size ? size - done : keyed->size;

        status = derive_block(keyed, salt, salts, number, iterations, block);
        memcpy(out + done, block, part);
        done += part;
    }
    secure_zero(block, sizeof(block));
    return status;
}

enum crypto_status pbkdf2_hmac(enum mac_hash hash, const void *password, size_t password_size, const struct mac_part *salt,
                               size_t salts, uint32_t iterations, uint8_t *out, size_t size)
{
    struct keyed keyed;
    psa_status_t status = PSA_ERROR_INVALID_ARGUMENT;

    if (salts <= PBKDF2_SALT_PARTS && iterations > 0) {
        status = keyed_open(&keyed, hash, password, password_size);
        if (status == PSA_SUCCESS) {
            status = derive(&keyed, salt, salts, iterations, out, size);
        }
        keyed_close(&keyed);
    }
    if (status != PSA_SUCCESS) {
        secure_zero(out, size);
        return CRYPTO_FAILED;
    }
    return CRYPTO_OK;
}
