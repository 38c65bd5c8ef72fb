/* Random bytes for keys and nonces: the processor's, tested without pause (SP 800-90B) and hashed. Library iumbase-crypto. */
#pragma once

#include <stddef.h>

/* to[0..size) from the source. A source that is absent, fails or looks stuck ends the trustlet: IUM_EXIT_NO_RANDOMNESS. */
void ium_random(void *to, size_t size);
