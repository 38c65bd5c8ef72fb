#include "p256.h"

#include <mbedtls/ecdsa.h>
#include <mbedtls/memory_buffer_alloc.h>
#include <sodium.h>

#include "files.h"

struct numbers {
    mbedtls_ecp_group group;
    mbedtls_ecp_point point;
    mbedtls_mpi secret, r, s;
};

static unsigned char arena[65536] __attribute__((aligned(16)));

/* Blinding of the secret number. */
static int random_bytes(void *context, unsigned char *to, size_t size)
{
    (void)context;
    randombytes_buf(to, size);
    return 0;
}

static bool begin(struct numbers *numbers)
{
    mbedtls_memory_buffer_alloc_init(arena, sizeof(arena));
    mbedtls_ecp_group_init(&numbers->group);
    mbedtls_ecp_point_init(&numbers->point);
    mbedtls_mpi_init(&numbers->secret);
    mbedtls_mpi_init(&numbers->r);
    mbedtls_mpi_init(&numbers->s);
    return mbedtls_ecp_group_load(&numbers->group, MBEDTLS_ECP_DP_SECP256R1) == 0;
}

static void end(void)
{
    mbedtls_memory_buffer_alloc_free();
    sodium_memzero(arena, sizeof(arena));
}

bool p256_public(const uint8_t secret[32], uint8_t public_key[65])
{
    struct numbers n;
    size_t size = 0;
    bool ok = begin(&n) && mbedtls_mpi_read_binary(&n.secret, secret, 32) == 0 &&
              mbedtls_ecp_check_privkey(&n.group, &n.secret) == 0 &&
              mbedtls_ecp_mul(&n.group, &n.point, &n.secret, &n.group.G, random_bytes, NULL) == 0 &&
              mbedtls_ecp_point_write_binary(&n.group, &n.point, MBEDTLS_ECP_PF_UNCOMPRESSED, &size, public_key, 65) == 0;

    end();
    return ok && size == 65;
}

bool p256_is_point(const uint8_t public_key[65])
{
    struct numbers n;
    bool ok = begin(&n) && public_key[0] == 4 && mbedtls_ecp_point_read_binary(&n.group, &n.point, public_key, 65) == 0 &&
              mbedtls_ecp_check_pubkey(&n.group, &n.point) == 0;

    end();
    return ok;
}

void p256_sign(const uint8_t secret[32], const uint8_t hash[32], uint8_t signature[64])
{
    struct numbers n;
    bool ok = begin(&n) && mbedtls_mpi_read_binary(&n.secret, secret, 32) == 0 &&
              mbedtls_ecdsa_sign_det_ext(&n.group, &n.r, &n.s, &n.secret, hash, 32, MBEDTLS_MD_SHA256, random_bytes, NULL) == 0 &&
              mbedtls_mpi_write_binary(&n.r, signature, 32) == 0 && mbedtls_mpi_write_binary(&n.s, signature + 32, 32) == 0;

    end();
    if (!ok) {
        fail("the P-256 signature could not be made");
    }
}
