#include "seal.h"

#include <crypto/equal.h>
#include <ium/identity.h>
#include <ium/platform.h>
#include <ium/syscalls.h>
#include <ium/text.h>

_Static_assert(IUM_KEY_SIZE == SEALED_BLOB_KEY_SIZE && IUM_KEY_SIZE == ED25519_SEED_SIZE && IUM_KEY_SIZE >= SEALED_BLOB_ROOT_ID,
               "what DERIVE_KEY gives is a key of each kind");

static struct {
    psa_key_id_t keys[SEAL_CREDENTIAL + 1]; /* by enum seal_purpose */
    struct sealed_blob_binding binding;     /* what is the same in every blob */
    uint32_t root;
    uint8_t audit_public_key[ED25519_PUBLIC_SIZE];
} me;

static bool derive(const char *purpose, uint8_t key[IUM_KEY_SIZE])
{
    return ium_derive_key(purpose, strlen(purpose), key) == IUM_SUCCESS;
}

static bool import_key(const char *purpose, psa_key_id_t *id)
{
    uint8_t key[IUM_KEY_SIZE] = { 0 };
    bool imported = derive(purpose, key) && sealed_blob_key_import(key, id) == CRYPTO_OK;

    secure_zero(key, sizeof(key));
    return imported;
}

static bool take_root_id(void)
{
    uint8_t key[IUM_KEY_SIZE] = { 0 };
    bool derived = derive("credvault root id", key);

    memcpy(me.binding.root_id, key, sizeof(me.binding.root_id));
    secure_zero(key, sizeof(key));
    return derived;
}

static bool take_audit_key(void)
{
    uint8_t seed[ED25519_SEED_SIZE] = { 0 };
    bool derived = derive("credvault audit", seed);

    ed25519_public_key(seed, me.audit_public_key);
    secure_zero(seed, sizeof(seed));
    return derived;
}

static bool take_identity(void)
{
    struct ium_identity identity;
    struct ium_platform platform;

    if (!ium_who_am_i(&identity) || !ium_platform(&platform)) {
        return false;
    }
    memcpy(me.binding.identity, identity.identity, sizeof(me.binding.identity));
    me.binding.security_version = identity.security_version;
    memcpy(me.binding.pcrs[0], platform.pcr_code, sizeof(me.binding.pcrs[0]));
    memcpy(me.binding.pcrs[1], platform.pcr_choices, sizeof(me.binding.pcrs[1]));
    memcpy(me.binding.pcrs[2], platform.pcr_trustlets, sizeof(me.binding.pcrs[2]));
    me.root = platform.root;
    return true;
}

bool seal_start(void)
{
    memset(&me, 0, sizeof(me));
    return take_identity() && import_key("credvault state", &me.keys[SEAL_STATE]) &&
           import_key("credvault credential", &me.keys[SEAL_CREDENTIAL]) && take_root_id() && take_audit_key();
}

uint32_t seal_security_version(void)
{
    return me.binding.security_version;
}

uint32_t seal_root(void)
{
    return me.root;
}

const uint8_t *seal_audit_public_key(void)
{
    return me.audit_public_key;
}

static struct sealed_blob_binding binding_for(enum seal_purpose purpose, uint32_t credential, uint32_t generation)
{
    struct sealed_blob_binding binding = me.binding;

    binding.purpose = purpose;
    binding.number = credential;
    binding.generation = generation;
    return binding;
}

enum credvault_status seal(enum seal_purpose purpose, uint32_t credential, uint32_t generation, const void *secret, size_t size,
                           uint8_t blob[SEALED_BLOB_MAX], size_t *blob_size)
{
    const struct sealed_blob_binding binding = binding_for(purpose, credential, generation);

    return sealed_blob_seal(me.keys[purpose], &binding, secret, size, blob, blob_size) == CRYPTO_OK ? CREDVAULT_SUCCESS
                                                                                                    : CREDVAULT_INTERNAL;
}

enum credvault_status unseal(enum seal_purpose purpose, uint32_t credential, uint32_t generation, const void *blob, size_t blob_size,
                             uint8_t *secret, size_t *size)
{
    const struct sealed_blob_binding binding = binding_for(purpose, credential, generation);

    return sealed_blob_open(me.keys[purpose], &binding, blob, blob_size, secret, size) == CRYPTO_OK ? CREDVAULT_SUCCESS
                                                                                                    : CREDVAULT_BLOB_REFUSED;
}

static bool differ(const void *a, const void *b, size_t size)
{
    return memcmp(a, b, size) != 0;
}

/* PCRs say something of each other only where both were there: without a TPM they are zero. */
static enum credvault_reason pcr_difference(const struct sealed_blob_binding *mine, const struct sealed_blob_header *blob)
{
    static const enum credvault_reason reasons[SEALED_BLOB_PCRS] = { CREDVAULT_OTHER_CODE, CREDVAULT_OTHER_OWNER,
                                                                     CREDVAULT_OTHER_TRUSTLETS };
    static const uint8_t none[sizeof(blob->pcrs)];

    if (!differ(blob->pcrs, none, sizeof(none))) {
        return CREDVAULT_REASON_NONE;
    }
    for (uint32_t i = 0; i < SEALED_BLOB_PCRS; i++) {
        if (differ(mine->pcrs[i], blob->pcrs[i], sizeof(mine->pcrs[i]))) {
            return reasons[i];
        }
    }
    return CREDVAULT_REASON_NONE;
}

enum credvault_reason seal_difference(const struct sealed_blob_binding *mine, uint32_t root, const void *blob, size_t blob_size)
{
    struct sealed_blob_header header;
    enum credvault_reason reason;

    if (!sealed_blob_claims(blob, blob_size, &header) || differ(header.identity, mine->identity, sizeof(header.identity)) ||
        header.purpose != SEAL_STATE) {
        return CREDVAULT_STATE_DAMAGED;
    }
    if (header.security_version != mine->security_version) {
        return CREDVAULT_OTHER_VERSION;
    }
    reason = root == IUM_ROOT_TPM ? pcr_difference(mine, &header) : CREDVAULT_REASON_NONE;
    if (reason != CREDVAULT_REASON_NONE) {
        return reason;
    }
    return differ(header.root_id, mine->root_id, sizeof(header.root_id)) ? CREDVAULT_OTHER_ROOT : CREDVAULT_STATE_DAMAGED;
}

enum credvault_reason seal_reason(const void *blob, size_t blob_size)
{
    return seal_difference(&me.binding, me.root, blob, blob_size);
}

bool seal_sign(const void *message, size_t size, uint8_t signature[ED25519_SIGNATURE_SIZE])
{
    uint8_t seed[ED25519_SEED_SIZE] = { 0 };
    bool derived = derive("credvault audit", seed);

    if (derived) {
        ed25519_sign(seed, message, size, signature);
    }
    secure_zero(seed, sizeof(seed));
    return derived;
}
