#include "support.h"

#include <string.h>
#include <sys/random.h>

#include <crypto/entropy.h>
#include <crypto/psa.h>
#include <lib/string.h>

bool support_entropy_fails;
uint8_t support_heap[64 * 1024] __attribute__((aligned(16)));

void secure_zero(void *to, size_t size)
{
    explicit_bzero(to, size);
}

bool entropy_read(void *to, size_t size)
{
    return !support_entropy_fails && getrandom(to, size, 0) == (ssize_t)size;
}

int support_psa_start(void **state)
{
    (void)state;
    return crypto_start(support_heap, sizeof(support_heap)) ? 0 : -1;
}

int support_psa_stop(void **state)
{
    (void)state;
    crypto_stop();
    return 0;
}
