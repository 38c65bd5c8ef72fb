#include "digest.h"

#include <lib/string.h>
#include <psa/crypto.h>

bool digest_of(const struct mac_part *parts, size_t count, uint8_t digest[DIGEST_SIZE])
{
    psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
    psa_status_t status = psa_hash_setup(&operation, PSA_ALG_SHA_256);
    size_t size = 0;

    for (size_t i = 0; i < count && status == PSA_SUCCESS; i++) {
        if (parts[i].size > 0) {
            status = psa_hash_update(&operation, parts[i].data, parts[i].size);
        }
    }
    if (status == PSA_SUCCESS) {
        status = psa_hash_finish(&operation, digest, DIGEST_SIZE, &size);
    }
    psa_hash_abort(&operation);
    if (status != PSA_SUCCESS) {
        memset(digest, 0, DIGEST_SIZE);
    }
    return status == PSA_SUCCESS;
}
