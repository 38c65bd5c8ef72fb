/*
 * MD4 (RFC 1320), broken and needed: the NT hash of a password is MD4 by
 * definition. mbedTLS has it no more from 3.0 on, so this is the one hash
 * written here. Nothing but ntlm.c may use it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define MD4_SIZE 16u

/* digest = MD4(data[0..size)). data may be NULL when size is 0. Wipes its working state. */
void md4(const void *data, size_t size, uint8_t digest[MD4_SIZE]);
