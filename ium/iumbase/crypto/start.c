#include <ium/crypto.h>

#include <crypto/psa.h>
#include <ium/heap.h>

static bool start(void)
{
    void *memory = ium_malloc(IUM_CRYPTO_HEAP_SIZE);

    return memory != NULL && crypto_start(memory, IUM_CRYPTO_HEAP_SIZE);
}

bool (*const ium_crypto_hook)(void) = start;
