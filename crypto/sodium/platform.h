/* The names under which libsodium's files find memmove and abort. */
#pragma once

#include <stddef.h>

/* As memmove of ISO C. */
void *crypto_sodium_memmove(void *to, const void *from, size_t size);

/* Stops with an invalid opcode. */
void crypto_sodium_abort(void) __attribute__((noreturn));
