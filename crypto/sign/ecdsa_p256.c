#include "ecdsa_p256.h"

#include <stddef.h>

#include <mbedtls/ecdsa.h>
#include <mbedtls/memory_buffer_alloc.h>
#include <mbedtls/platform_util.h>
#include <utils.h>

#define ARENA_SIZE 16384u /* 7 KiB are enough with 2.28; the rest is for a later package */

struct numbers {
    mbedtls_ecp_group group;
    mbedtls_ecp_point key;
    mbedtls_mpi r, s;
};

/* mbedTLS's big numbers need memory for as long as a verification lasts. */
static unsigned char arena[ARENA_SIZE] __attribute__((aligned(16)));
static unsigned char arena_taken;

void mbedtls_platform_zeroize(void *buffer, size_t size)
{
    sodium_memzero(buffer, size);
}

static void take_arena(void)
{
    while (__atomic_test_and_set(&arena_taken, __ATOMIC_ACQUIRE)) {
        __builtin_ia32_pause();
    }
    mbedtls_memory_buffer_alloc_init(arena, sizeof(arena));
}

static void give_arena(void)
{
    mbedtls_memory_buffer_alloc_free();
    __atomic_clear(&arena_taken, __ATOMIC_RELEASE);
}

void ecdsa_p256_abandon(void)
{
    if (__atomic_load_n(&arena_taken, __ATOMIC_ACQUIRE) != 0) {
        give_arena();
    }
}

static bool read_numbers(struct numbers *numbers, const uint8_t public_key[65], const uint8_t signature[64])
{
    return mbedtls_ecp_group_load(&numbers->group, MBEDTLS_ECP_DP_SECP256R1) == 0 && public_key[0] == 0x04 &&
           mbedtls_ecp_point_read_binary(&numbers->group, &numbers->key, public_key, 65) == 0 &&
           mbedtls_ecp_check_pubkey(&numbers->group, &numbers->key) == 0 &&
           mbedtls_mpi_read_binary(&numbers->r, signature, 32) == 0 &&
           mbedtls_mpi_read_binary(&numbers->s, signature + 32, 32) == 0;
}

bool ecdsa_p256_verify(const uint8_t public_key[65], const uint8_t hash[32], const uint8_t signature[64])
{
    struct numbers numbers;
    bool matches;

    take_arena();
    mbedtls_ecp_group_init(&numbers.group);
    mbedtls_ecp_point_init(&numbers.key);
    mbedtls_mpi_init(&numbers.r);
    mbedtls_mpi_init(&numbers.s);
    matches = read_numbers(&numbers, public_key, signature) &&
              mbedtls_ecdsa_verify(&numbers.group, hash, 32, &numbers.key, &numbers.r, &numbers.s) == 0;
    mbedtls_mpi_free(&numbers.s);
    mbedtls_mpi_free(&numbers.r);
    mbedtls_ecp_point_free(&numbers.key);
    mbedtls_ecp_group_free(&numbers.group);
    give_arena();
    return matches;
}
