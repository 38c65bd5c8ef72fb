#include "judges.h"

#include <crypto/hkdf.h>

static uint8_t out[2048];

static enum verdict derived(enum crypto_status status, const struct published_field *wanted)
{
    return status == CRYPTO_OK ? judge_same(wanted, out, wanted->size) : VERDICT_BROKEN;
}

/* All of these are with SHA-256. */
enum verdict judge_hkdf(const struct published_record *record)
{
    const struct published_field *f = record->fields;

    if (record->hash != PUBLISHED_SHA256 || f[3].size > sizeof(out)) {
        return VERDICT_BROKEN;
    }
    return derived(hkdf(MAC_SHA256, f[0].data, f[0].size, f[1].data, f[1].size, f[2].data, f[2].size, out, f[3].size), &f[3]);
}

enum verdict judge_pbkdf2(const struct published_record *record)
{
    const struct published_field *f = record->fields;
    const struct mac_part salt = { f[1].data, f[1].size };
    const uint8_t *n = f[2].data;
    uint32_t iterations = (uint32_t)n[0] << 24 | (uint32_t)n[1] << 16 | (uint32_t)n[2] << 8 | n[3];

    if (record->hash != PUBLISHED_SHA1 || f[3].size > sizeof(out)) {
        return VERDICT_BROKEN;
    }
    return derived(pbkdf2_hmac(MAC_SHA1, f[0].data, f[0].size, &salt, 1, iterations, out, f[3].size), &f[3]);
}
