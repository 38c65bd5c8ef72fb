/* P-256 keys and ECDSA signatures by mbedTLS. Numbers are 32 bytes, big-endian; points 04 || X || Y. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* The public key of a secret number. False: the number is 0 or not below the order. */
bool p256_public(const uint8_t secret[32], uint8_t public_key[65]);

/* Is that an uncompressed point of the curve? */
bool p256_is_point(const uint8_t public_key[65]);

/* r || s by RFC 6979. secret: of p256_public. */
void p256_sign(const uint8_t secret[32], const uint8_t hash[32], uint8_t signature[64]);
