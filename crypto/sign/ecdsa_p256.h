/* ECDSA over P-256 by mbedTLS (FIPS 186-5, "Elliptic Curve Digital Signature Algorithm"). Verification only. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * Does signature (r || s, big-endian) over hash belong to public_key
 * (04 || X || Y)? A key in another form or not on the curve is refused.
 * Needs less than 8 KiB of stack and no memory of its caller's; one
 * verification at a time, others wait.
 */
bool ecdsa_p256_verify(const uint8_t public_key[65], const uint8_t hash[32], const uint8_t signature[64]);

/*
 * The verification under way, if any, will never go on: its stack is gone. Frees
 * what it holds. Nobody may be inside or come in meanwhile.
 */
void ecdsa_p256_abandon(void);
