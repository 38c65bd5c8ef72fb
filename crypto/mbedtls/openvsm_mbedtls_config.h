/*
 * What of mbedTLS is compiled, for trustlets and for host tests alike. Only
 * what the PSA functions we call need; no persistent keys, no files, no clock,
 * no network, no vector instructions (VTL0's vector registers are not ours).
 */
#pragma once

/* 2.28's own configuration brings this in, and its files rely on it. */
#include <limits.h>

/* Platform: no C library; memory only from the buffer a trustlet gives. */
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_PLATFORM_NO_STD_FUNCTIONS
#define MBEDTLS_MEMORY_BUFFER_ALLOC_C
#define MBEDTLS_PLATFORM_ZEROIZE_ALT
/* Reached only when the heap's own bookkeeping is damaged: the trustlet ends. */
#define MBEDTLS_PLATFORM_EXIT_MACRO(status) __builtin_trap()
/* Object identifiers in words are nobody's business here; the one function that prints them fails. */
#define MBEDTLS_PLATFORM_SNPRINTF_MACRO(...) (-1)
#define MBEDTLS_NO_UDBL_DIVISION
#define MBEDTLS_HAVE_ASM

/* Randomness: the processor's, tested and hashed by crypto/entropy, then CTR_DRBG. */
#define MBEDTLS_NO_PLATFORM_ENTROPY
#define MBEDTLS_ENTROPY_HARDWARE_ALT
#define MBEDTLS_ENTROPY_C
#define MBEDTLS_CTR_DRBG_C

/* Algorithms. MD5 is HMAC-MD5's, which NTLMv2 is made of; SHA-1 is HMAC-SHA-1's, for Kerberos (RFC 3962) and HOTP. */
#define MBEDTLS_AES_C
#define MBEDTLS_CIPHER_C
#define MBEDTLS_GCM_C
#define MBEDTLS_MD_C
#define MBEDTLS_HKDF_C /* for PSA's key derivation, which does not need the file of that name */
#define MBEDTLS_MD5_C
#define MBEDTLS_SHA1_C
#define MBEDTLS_SHA224_C
#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA384_C
#define MBEDTLS_SHA512_C

/* In constant time: mbedTLS's own AES and GHASH look up tables. */
#define MBEDTLS_AES_SETKEY_ENC_ALT
#define MBEDTLS_AES_SETKEY_DEC_ALT
#define MBEDTLS_AES_ENCRYPT_ALT
#define MBEDTLS_AES_DECRYPT_ALT
#define MBEDTLS_GCM_ALT

/*
 * Signatures: ECDSA P-256 and P-384, with the processor's randomness to blind, or by RFC 6979, and RSA,
 * keys made inside or imported; key agreement on the same curves. PSA keeps RSA keys in DER, so ASN.1 and PK are needed.
 */
#define MBEDTLS_ASN1_PARSE_C
#define MBEDTLS_ASN1_WRITE_C
#define MBEDTLS_BIGNUM_C
#define MBEDTLS_ECP_C
#define MBEDTLS_ECP_DP_SECP256R1_ENABLED
#define MBEDTLS_ECP_DP_SECP384R1_ENABLED
#define MBEDTLS_ECP_NIST_OPTIM
#define MBEDTLS_ECDH_C
#define MBEDTLS_ECDSA_C
#define MBEDTLS_ECDSA_DETERMINISTIC
#define MBEDTLS_HMAC_DRBG_C
#define MBEDTLS_GENPRIME
#define MBEDTLS_OID_C
#define MBEDTLS_PK_C
#define MBEDTLS_PK_PARSE_C
#define MBEDTLS_PK_WRITE_C
#define MBEDTLS_PKCS1_V15
#define MBEDTLS_PKCS1_V21
#define MBEDTLS_RSA_C

#define MBEDTLS_PSA_CRYPTO_C
