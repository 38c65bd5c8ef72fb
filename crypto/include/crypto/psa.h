/* Brings up the PSA Crypto API inside a trustlet. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * Gives mbedTLS its heap and starts its random number generator from the
 * processor's. heap, size: memory that is the caller's no more until
 * crypto_stop, at least CRYPTO_HEAP_MINIMUM bytes. To be called once, before
 * any psa_* function. False: the heap is too small, or there is no usable
 * source of randomness; nothing may be done with PSA then.
 */
bool crypto_start(void *heap, size_t size);

/* Destroys all keys, ends PSA and wipes the heap. */
void crypto_stop(void);

#define CRYPTO_HEAP_MINIMUM 16384u
