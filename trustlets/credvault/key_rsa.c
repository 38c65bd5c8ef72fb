#include "key_rsa.h"

#include <psa/crypto.h>

#include <mbedtls/bignum.h>

#include "der.h"

#define EXPONENT 65537

/* In the order of RSAPrivateKey, after its version; then room to compute in. */
enum { N, E, D, P, Q, DP, DQ, QINV, GIVEN, LESS_ONE = GIVEN, RESULT, NUMBERS };

/* The numbers; *error is the library's, its reading of them too. */
static bool decode(const uint8_t *bytes, uint32_t size, mbedtls_mpi numbers[NUMBERS], int *error)
{
    struct der der = { bytes, size };
    struct der sequence, number;
    uint32_t version;

    if (!der_take(&der, DER_SEQUENCE, &sequence) || der.size != 0 || !der_take_uint32(&sequence, &version) || version != 0) {
        return false;
    }
    for (unsigned i = 0; i < GIVEN && *error == 0; i++) {
        if (!der_take_natural(&sequence, &number)) {
            return false;
        }
        *error = mbedtls_mpi_read_binary(&numbers[i], number.at, number.size);
    }
    return sequence.size == 0;
}

/* Are e * d = 1 and given = d modulo prime - 1? */
static bool exponent_fits(mbedtls_mpi numbers[NUMBERS], unsigned prime, unsigned given, int *error)
{
    mbedtls_mpi *less_one = &numbers[LESS_ONE], *result = &numbers[RESULT];
    bool good;

    *error |= mbedtls_mpi_sub_int(less_one, &numbers[prime], 1);
    *error |= mbedtls_mpi_mul_mpi(result, &numbers[E], &numbers[D]);
    *error |= mbedtls_mpi_mod_mpi(result, result, less_one);
    good = mbedtls_mpi_cmp_int(result, 1) == 0;
    *error |= mbedtls_mpi_mod_mpi(result, &numbers[D], less_one);
    return good && mbedtls_mpi_cmp_mpi(result, &numbers[given]) == 0;
}

static bool product_fits(mbedtls_mpi numbers[NUMBERS], int *error)
{
    mbedtls_mpi *result = &numbers[RESULT];
    bool good;

    *error |= mbedtls_mpi_mul_mpi(result, &numbers[P], &numbers[Q]);
    good = mbedtls_mpi_cmp_mpi(result, &numbers[N]) == 0;
    *error |= mbedtls_mpi_mul_mpi(result, &numbers[QINV], &numbers[Q]);
    *error |= mbedtls_mpi_mod_mpi(result, result, &numbers[P]);
    return good && mbedtls_mpi_cmp_int(result, 1) == 0 && mbedtls_mpi_cmp_mpi(&numbers[QINV], &numbers[P]) < 0;
}

/* Nothing is computed modulo zero or less: p and q are above 1. */
static bool numbers_agree(mbedtls_mpi numbers[NUMBERS], int *error)
{
    return mbedtls_mpi_cmp_int(&numbers[E], EXPONENT) == 0 && mbedtls_mpi_cmp_int(&numbers[P], 1) > 0 &&
           mbedtls_mpi_cmp_int(&numbers[Q], 1) > 0 && product_fits(numbers, error) && exponent_fits(numbers, P, DP, error) &&
           exponent_fits(numbers, Q, DQ, error);
}

enum credvault_status key_rsa_check(const uint8_t *der, uint32_t size)
{
    mbedtls_mpi numbers[NUMBERS];
    int error = 0;
    bool good;

    for (unsigned i = 0; i < NUMBERS; i++) {
        mbedtls_mpi_init(&numbers[i]);
    }
    good = decode(der, size, numbers, &error) && numbers_agree(numbers, &error);
    for (unsigned i = 0; i < NUMBERS; i++) {
        mbedtls_mpi_free(&numbers[i]); /* wipes it */
    }
    if (error != 0) {
        return CREDVAULT_INTERNAL;
    }
    return good ? CREDVAULT_SUCCESS : CREDVAULT_REFUSED;
}
