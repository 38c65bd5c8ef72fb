/* HKDF (RFC 5869) by PSA Crypto: a key of any length from a secret that is no password. crypto_start comes first. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <crypto/mac.h>
#include <crypto/status.h>

#define HKDF_MAX_BLOCKS 255u /* of the hash's size each, RFC 5869, "Step 2: Expand" */

/*
 * out[0..out_size) = HKDF-Expand(HKDF-Extract(salt, secret), info). hash: MAC_SHA256, MAC_SHA384 or MAC_SHA512. salt, secret
 * and info may each be NULL when its size is 0; an empty salt is RFC 5869's "not provided". info is no secret: the library
 * frees its copy without wiping it. out may overlap with none of them. CRYPTO_BAD_REQUEST: another hash, out_size 0 or above
 * HKDF_MAX_BLOCKS * mac_size(hash); nothing is written then. CRYPTO_FAILED: out is zeroed.
 */
enum crypto_status hkdf(enum mac_hash hash, const void *salt, size_t salt_size, const void *secret, size_t secret_size,
                        const void *info, size_t info_size, uint8_t *out, size_t out_size);
