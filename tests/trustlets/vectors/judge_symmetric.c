#include "judges.h"

#include <crypto/aes_block.h>
#include <crypto/key_wrap.h>
#include <crypto/mac.h>
#include <lib/string.h>

static uint8_t out[1024];

enum verdict judge_hash(const struct published_record *record)
{
    const struct published_field *message = &record->fields[0];
    size_t size = 0;
    psa_status_t status = psa_hash_compute(judge_hash_algorithm(record), message->data, message->size, out, sizeof(out), &size);

    return judge_both(judge_status(status), judge_same(&record->fields[1], out, size));
}

enum verdict judge_hmac(const struct published_record *record)
{
    static const enum mac_hash hashes[] = { [PUBLISHED_MD5] = MAC_MD5, [PUBLISHED_SHA1] = MAC_SHA1, [PUBLISHED_SHA256] = MAC_SHA256,
                                            [PUBLISHED_SHA384] = MAC_SHA384, [PUBLISHED_SHA512] = MAC_SHA512 };
    const struct published_field *key = &record->fields[0];
    const struct mac_part message = { record->fields[1].data, record->fields[1].size };
    enum mac_hash hash = hashes[record->hash];

    if (mac_compute(hash, key->data, key->size, &message, 1, out) != CRYPTO_OK) {
        return VERDICT_BROKEN;
    }
    return judge_same(&record->fields[2], out, mac_size(hash));
}

static enum verdict run_blocks(const struct published_field *key, enum aes_direction direction, const struct published_field *from,
                               const struct published_field *to)
{
    struct aes_block aes;
    bool good = aes_block_open(&aes, direction, key->data, key->size);

    if (!good) {
        return VERDICT_BROKEN;
    }
    for (size_t at = 0; at < from->size && good; at += AES_BLOCK_SIZE) {
        good = aes_block_run(&aes, from->data + at, out + at);
    }
    aes_block_close(&aes);
    return good ? judge_same(to, out, from->size) : VERDICT_BROKEN;
}

enum verdict judge_aes_block(const struct published_record *record)
{
    const struct published_field *key = &record->fields[0], *plaintext = &record->fields[1], *ciphertext = &record->fields[2];

    return judge_both(run_blocks(key, AES_ENCRYPT, plaintext, ciphertext), run_blocks(key, AES_DECRYPT, ciphertext, plaintext));
}

enum { GCM_KEY, GCM_NONCE, GCM_DATA, GCM_PLAINTEXT, GCM_CIPHERTEXT, GCM_TAG };

static psa_algorithm_t gcm(const struct published_record *record)
{
    return PSA_ALG_AEAD_WITH_SHORTENED_TAG(PSA_ALG_GCM, record->fields[GCM_TAG].size);
}

static psa_status_t gcm_import(const struct published_record *record, psa_key_id_t *id)
{
    const struct published_field *key = &record->fields[GCM_KEY];

    return judge_import(PSA_KEY_TYPE_AES, gcm(record), PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT, key->data, key->size, id);
}

enum verdict judge_gcm_open(const struct published_record *record)
{
    const struct published_field *f = record->fields;
    uint8_t sealed[256];
    psa_key_id_t id;
    size_t size = 0;
    psa_status_t status = gcm_import(record, &id);

    memcpy(sealed, f[GCM_CIPHERTEXT].data, f[GCM_CIPHERTEXT].size);
    memcpy(sealed + f[GCM_CIPHERTEXT].size, f[GCM_TAG].data, f[GCM_TAG].size);
    if (status == PSA_SUCCESS) {
        status = psa_aead_decrypt(id, gcm(record), f[GCM_NONCE].data, f[GCM_NONCE].size, f[GCM_DATA].data, f[GCM_DATA].size, sealed,
                                  f[GCM_CIPHERTEXT].size + f[GCM_TAG].size, out, sizeof(out), &size);
    }
    psa_destroy_key(id);
    return status == PSA_SUCCESS ? judge_same(&f[GCM_PLAINTEXT], out, size) : judge_status(status);
}

enum verdict judge_gcm_seal(const struct published_record *record)
{
    const struct published_field *f = record->fields;
    psa_key_id_t id;
    size_t size = 0;
    psa_status_t status = gcm_import(record, &id);

    if (status == PSA_SUCCESS) {
        status = psa_aead_encrypt(id, gcm(record), f[GCM_NONCE].data, f[GCM_NONCE].size, f[GCM_DATA].data, f[GCM_DATA].size,
                                  f[GCM_PLAINTEXT].data, f[GCM_PLAINTEXT].size, out, sizeof(out), &size);
    }
    psa_destroy_key(id);
    if (status != PSA_SUCCESS || size != f[GCM_CIPHERTEXT].size + f[GCM_TAG].size) {
        return VERDICT_BROKEN;
    }
    return judge_both(judge_same(&f[GCM_CIPHERTEXT], out, f[GCM_CIPHERTEXT].size),
                      judge_same(&f[GCM_TAG], out + f[GCM_CIPHERTEXT].size, f[GCM_TAG].size));
}

static enum verdict of_crypto(enum crypto_status status, const struct published_field *wanted, size_t size)
{
    if (status == CRYPTO_OK) {
        return judge_same(wanted, out, size);
    }
    return status == CRYPTO_REFUSED ? VERDICT_REFUSED : VERDICT_BROKEN;
}

enum verdict judge_wrap(const struct published_record *record)
{
    const struct published_field *kek = &record->fields[0], *key = &record->fields[1], *wrapped = &record->fields[2];

    return of_crypto(key_wrap(kek->data, kek->size, key->data, key->size, out), wrapped, key->size + KEY_WRAP_OVERHEAD);
}

enum verdict judge_unwrap(const struct published_record *record)
{
    const struct published_field *kek = &record->fields[0], *key = &record->fields[1], *wrapped = &record->fields[2];

    return of_crypto(key_unwrap(kek->data, kek->size, wrapped->data, wrapped->size, out), key, wrapped->size - KEY_WRAP_OVERHEAD);
}

enum verdict judge_wrap_padded(const struct published_record *record)
{
    const struct published_field *kek = &record->fields[0], *key = &record->fields[1], *wrapped = &record->fields[2];

    return of_crypto(key_wrap_padded(kek->data, kek->size, key->data, key->size, out), wrapped, KEY_WRAP_PADDED_SIZE(key->size));
}

enum verdict judge_unwrap_padded(const struct published_record *record)
{
    const struct published_field *kek = &record->fields[0], *key = &record->fields[1], *wrapped = &record->fields[2];
    size_t size = 0;
    enum crypto_status status = key_unwrap_padded(kek->data, kek->size, wrapped->data, wrapped->size, out, &size);

    return of_crypto(status, key, size);
}
