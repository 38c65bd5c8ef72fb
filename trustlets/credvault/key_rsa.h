/* RSA private keys from outside, checked for what the library takes on trust. */
#pragma once

#include <stdint.h>

#include <abi/credvault.h>

/*
 * Is der[0..size) an RSAPrivateKey (RFC 8017, "RSA Private Key Syntax") of two primes, in DER with nothing behind it, with
 * e = 65537, n = p * q, and d and the CRT's numbers belonging to them? CREDVAULT_SUCCESS, CREDVAULT_REFUSED or
 * CREDVAULT_INTERNAL. The size of n is for PSA to check, and that p and q are primes shows in a signature.
 */
enum credvault_status key_rsa_check(const uint8_t *der, uint32_t size);
