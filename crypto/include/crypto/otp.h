/* One-time passwords: HOTP (RFC 4226) and TOTP (RFC 6238). crypto_start comes first. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <crypto/mac.h>
#include <crypto/status.h>

#define OTP_MIN_DIGITS   6u
#define OTP_MAX_DIGITS   8u
#define OTP_MIN_KEY_SIZE 16u /* RFC 4226, section "Requirements": at least 128 bits */
#define OTP_MAX_KEY_SIZE 64u

/*
 * *code = HOTP(key, counter) modulo 10^digits; whoever shows it pads it with zeros on the left. hash: MAC_SHA1 as RFC 4226
 * has it, or MAC_SHA256 and MAC_SHA512, which RFC 6238 allows. CRYPTO_BAD_REQUEST: another hash, digits or key size outside
 * the limits above; CRYPTO_FAILED; *code is 0 unless CRYPTO_OK.
 */
enum crypto_status hotp(enum mac_hash hash, const uint8_t *key, size_t key_size, uint64_t counter, unsigned digits,
                        uint32_t *code);

/*
 * HOTP with counter = (now - start) / step, all in seconds; now and start are Unix time. CRYPTO_BAD_REQUEST also for a step
 * of 0 and a time before start.
 */
enum crypto_status totp(enum mac_hash hash, const uint8_t *key, size_t key_size, uint64_t now, uint64_t start, uint32_t step,
                        unsigned digits, uint32_t *code);
