#include <crypto/psa.h>

#include <stdint.h>

#include <lib/string.h>
#include <mbedtls/memory_buffer_alloc.h>
#include <psa/crypto.h>

static struct {
    void *start;
    size_t size;
} heap_given;

bool crypto_start(void *heap, size_t size)
{
    if (heap == NULL || size < CRYPTO_HEAP_MINIMUM) {
        return false;
    }
    heap_given.start = heap;
    heap_given.size = size;
    mbedtls_memory_buffer_alloc_init(heap, size);
    if (psa_crypto_init() != PSA_SUCCESS) {
        crypto_stop();
        return false;
    }
    return true;
}

void crypto_stop(void)
{
    mbedtls_psa_crypto_free();
    mbedtls_memory_buffer_alloc_free();
    secure_zero(heap_given.start, heap_given.size);
}
