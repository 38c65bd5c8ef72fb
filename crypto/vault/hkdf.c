#include <crypto/hkdf.h>

#include <lib/string.h>
#include <psa/crypto.h>

/* PSA_ALG_NONE for a hash that HKDF is not used with here. */
static psa_algorithm_t hkdf_algorithm(enum mac_hash hash)
{
    switch (hash) {
    case MAC_SHA256:
        return PSA_ALG_HKDF(PSA_ALG_SHA_256);
    case MAC_SHA384:
        return PSA_ALG_HKDF(PSA_ALG_SHA_384);
    case MAC_SHA512:
        return PSA_ALG_HKDF(PSA_ALG_SHA_512);
    default:
        return PSA_ALG_NONE;
    }
}

/* In the library's order: salt, secret, info. */
static psa_status_t take(psa_key_derivation_operation_t *operation, const struct mac_part inputs[3])
{
    static const psa_key_derivation_step_t steps[3] = { PSA_KEY_DERIVATION_INPUT_SALT, PSA_KEY_DERIVATION_INPUT_SECRET,
                                                        PSA_KEY_DERIVATION_INPUT_INFO };
    psa_status_t status = PSA_SUCCESS;

    for (size_t i = 0; i < 3 && status == PSA_SUCCESS; i++) {
        status = psa_key_derivation_input_bytes(operation, steps[i], inputs[i].data, inputs[i].size);
    }
    return status;
}

enum crypto_status hkdf(enum mac_hash hash, const void *salt, size_t salt_size, const void *secret, size_t secret_size,
                        const void *info, size_t info_size, uint8_t *out, size_t out_size)
{
    const struct mac_part inputs[3] = { { salt, salt_size }, { secret, secret_size }, { info, info_size } };
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    psa_algorithm_t algorithm = hkdf_algorithm(hash);
    psa_status_t status;

    if (algorithm == PSA_ALG_NONE || out_size == 0 || out_size > HKDF_MAX_BLOCKS * mac_size(hash)) {
        return CRYPTO_BAD_REQUEST;
    }
    status = psa_key_derivation_setup(&operation, algorithm);
    if (status == PSA_SUCCESS) {
        status = take(&operation, inputs);
    }
    if (status == PSA_SUCCESS) {
        status = psa_key_derivation_output_bytes(&operation, out, out_size);
    }
    psa_key_derivation_abort(&operation);
    if (status != PSA_SUCCESS) {
        secure_zero(out, out_size);
    }
    return status == PSA_SUCCESS ? CRYPTO_OK : CRYPTO_FAILED;
}
