#include "key_material.h"

#include <crypto/ed25519.h>
#include <lib/string.h>

#include "key_pair.h"
#include "key_symmetric.h"

static enum credvault_status draw(struct record *record, uint32_t size)
{
    if (psa_generate_random(record->secret, size) != PSA_SUCCESS) {
        return CREDVAULT_INTERNAL;
    }
    record->secret_size = size;
    return CREDVAULT_SUCCESS;
}

static enum credvault_status generate_symmetric(struct record *record)
{
    return key_symmetric_size_ok(record, record->symmetric.size) ? draw(record, record->symmetric.size) : CREDVAULT_BAD_REQUEST;
}

static enum credvault_status generate_ed25519(struct record *record)
{
    enum credvault_status status = draw(record, ED25519_SEED_SIZE);

    if (status == CREDVAULT_SUCCESS) {
        ed25519_public_key(record->secret, record->public_key);
        record->public_key_size = ED25519_PUBLIC_SIZE;
    }
    return status;
}

/* PSA keeps the key only until both halves are out. */
static enum credvault_status generate_pair(struct record *record)
{
    psa_key_attributes_t attributes;
    size_t secret_size = 0, public_size = 0;
    psa_key_id_t id;
    bool good;

    if (!key_pair_attributes(record->type, PSA_KEY_USAGE_EXPORT, 0, &attributes)) {
        return CREDVAULT_WRONG_TYPE;
    }
    if (psa_generate_key(&attributes, &id) != PSA_SUCCESS) {
        return CREDVAULT_INTERNAL;
    }
    good = psa_export_key(id, record->secret, sizeof(record->secret), &secret_size) == PSA_SUCCESS &&
           psa_export_public_key(id, record->public_key, sizeof(record->public_key), &public_size) == PSA_SUCCESS;
    psa_destroy_key(id);
    record->secret_size = (uint32_t)secret_size;
    record->public_key_size = (uint32_t)public_size;
    return good ? CREDVAULT_SUCCESS : CREDVAULT_INTERNAL;
}

enum credvault_status key_material_generate(struct record *record)
{
    enum credvault_status status;

    key_material_wipe(record);
    switch (record->type) {
    case CREDVAULT_SYMMETRIC: status = generate_symmetric(record); break;
    case CREDVAULT_ED25519: status = generate_ed25519(record); break;
    default: status = generate_pair(record); break;
    }
    if (status != CREDVAULT_SUCCESS) {
        key_material_wipe(record);
    }
    return status;
}
