#include <crypto/otp.h>

#include <stdbool.h>

#include <lib/string.h>

static bool is_acceptable(enum mac_hash hash, size_t key_size, unsigned digits)
{
    return (hash == MAC_SHA1 || hash == MAC_SHA256 || hash == MAC_SHA512) && key_size >= OTP_MIN_KEY_SIZE &&
           key_size <= OTP_MAX_KEY_SIZE && digits >= OTP_MIN_DIGITS && digits <= OTP_MAX_DIGITS;
}

/*
 * RFC 4226, section "Generating an HOTP Value": the tag's last four bits say where in it the code is. All sixteen places are
 * read, so that no address tells which.
 */
static uint32_t truncate(const uint8_t *tag, size_t size, unsigned digits)
{
    uint32_t offset = tag[size - 1] & 0xf, value = 0, modulus = 1;

    for (uint32_t i = 0; i < 16; i++) {
        uint32_t here = (uint32_t)(tag[i] & 0x7f) << 24 | (uint32_t)tag[i + 1] << 16 | (uint32_t)tag[i + 2] << 8 | tag[i + 3];

        value |= here & (0u - (((i ^ offset) - 1u) >> 31));
    }
    while (digits-- > 0) {
        modulus *= 10;
    }
    return value % modulus;
}

enum crypto_status hotp(enum mac_hash hash, const uint8_t *key, size_t key_size, uint64_t counter, unsigned digits,
                        uint32_t *code)
{
    uint8_t tag[MAC_MAX_SIZE];
    uint8_t text[8];
    const struct mac_part part = { text, sizeof(text) };
    enum crypto_status status;

    *code = 0;
    if (!is_acceptable(hash, key_size, digits)) {
        return CRYPTO_BAD_REQUEST;
    }
    for (unsigned i = 0; i < sizeof(text); i++) {
        text[i] = (uint8_t)(counter >> (56 - 8 * i));
    }
    status = mac_compute(hash, key, key_size, &part, 1, tag);
    if (status == CRYPTO_OK) {
        *code = truncate(tag, mac_size(hash), digits);
    }
    secure_zero(tag, sizeof(tag));
    return status;
}

enum crypto_status totp(enum mac_hash hash, const uint8_t *key, size_t key_size, uint64_t now, uint64_t start, uint32_t step,
                        unsigned digits, uint32_t *code)
{
    *code = 0;
    if (step == 0 || now < start) {
        return CRYPTO_BAD_REQUEST;
    }
    return hotp(hash, key, key_size, (now - start) / step, digits, code);
}
