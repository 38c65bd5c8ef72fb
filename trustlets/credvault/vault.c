#include "vault.h"

#include <stddef.h>

#include <lib/string.h>

#include <crypto/ntlm.h>
#include <crypto/vault_hmac.h>

#include "slots.h"

/* "credential": the only kind of secret this vault seals so far. */
#define PURPOSE_CREDENTIAL 1u

_Static_assert(NTLM_HASH_SIZE == SLOT_NTLM_KEY_SIZE && VAULT_HMAC_SIZE == SLOT_HMAC_KEY_SIZE, "keys of a slot");
_Static_assert(sizeof(struct credvault_store) + CREDVAULT_MAX_USER + CREDVAULT_MAX_DOMAIN + CREDVAULT_MAX_PASSWORD <=
                   SEALED_BLOB_CAPACITY,
               "the largest credential fits a blob");

static psa_key_id_t seal_key;
static struct sealed_blob_binding binding;

bool vault_init(const uint8_t key[SEALED_BLOB_KEY_SIZE], const uint8_t identity[16], uint32_t security_version)
{
    binding = (struct sealed_blob_binding){ .purpose = PURPOSE_CREDENTIAL, .security_version = security_version };
    memcpy(binding.identity, identity, sizeof(binding.identity));
    return sealed_blob_key_import(key, &seal_key) == CRYPTO_OK;
}

static enum credvault_status status_of(enum crypto_status status)
{
    switch (status) {
    case CRYPTO_OK:
        return CREDVAULT_SUCCESS;
    case CRYPTO_BAD_REQUEST:
        return CREDVAULT_BAD_REQUEST;
    case CRYPTO_REFUSED:
        return CREDVAULT_BLOB_REFUSED;
    default:
        return CREDVAULT_INTERNAL;
    }
}

/* The secret inside a blob has the form of the STORE request it came from. */
static uint32_t encode_credential(const struct vault_request *request, uint8_t *to)
{
    const struct credvault_store header = {
        .user_size = (uint16_t)request->user.size,
        .domain_size = (uint16_t)request->domain.size,
        .password_size = (uint16_t)request->password.size,
    };
    uint8_t *at = to;

    memcpy(at, &header, sizeof(header));
    at += sizeof(header);
    memcpy(at, request->user.data, request->user.size);
    at += request->user.size;
    memcpy(at, request->domain.data, request->domain.size);
    at += request->domain.size;
    memcpy(at, request->password.data, request->password.size);
    at += request->password.size;
    return (uint32_t)(at - to);
}

static enum credvault_status store(uint64_t session, const struct vault_request *request, uint8_t *reply)
{
    uint8_t secret[SEALED_BLOB_CAPACITY];
    uint32_t size = encode_credential(request, secret);
    enum crypto_status status = sealed_blob_seal(seal_key, &binding, secret, size, reply);

    (void)session;
    secure_zero(secret, sizeof(secret));
    return status_of(status);
}

static enum crypto_status derive_keys(const struct vault_request *credential, struct slot *slot)
{
    const struct vault_text *user = &credential->user, *domain = &credential->domain, *password = &credential->password;
    uint8_t nt_hash[NTLM_HASH_SIZE];
    enum crypto_status status = ntlm_nt_hash(password->data, password->size, nt_hash);

    if (status == CRYPTO_OK) {
        status = ntlm_ntowfv2(nt_hash, user->data, user->size, domain->data, domain->size, slot->ntlm_key);
    }
    if (status == CRYPTO_OK) {
        status = vault_hmac_key(password->data, password->size, user->data, user->size, domain->data, domain->size,
                                slot->hmac_key);
    }
    secure_zero(nt_hash, sizeof(nt_hash));
    return status;
}

static enum credvault_status fill_slot(uint64_t session, const struct vault_request *credential, uint8_t *reply)
{
    uint32_t number;
    struct slot *slot = slot_take(session, &number);
    enum crypto_status status;

    if (slot == NULL) {
        return CREDVAULT_NO_FREE_SLOT;
    }
    status = derive_keys(credential, slot);
    if (status != CRYPTO_OK) {
        slot_release(slot);
        return status_of(status);
    }
    memcpy(reply, &number, sizeof(number));
    return CREDVAULT_SUCCESS;
}

static enum credvault_status load(uint64_t session, const struct vault_request *request, uint8_t *reply)
{
    uint8_t secret[SEALED_BLOB_CAPACITY];
    struct vault_request credential;
    size_t size = 0;
    enum credvault_status status =
        status_of(sealed_blob_open(seal_key, &binding, request->data.data, request->data.size, secret, &size));

    if (status == CREDVAULT_SUCCESS) {
        /* Only we can have sealed it; that it decodes is an invariant, and checked like a claim. */
        status = vault_decode(CREDVAULT_STORE, secret, (uint32_t)size, SEALED_BLOB_SIZE, &credential);
        status = status == CREDVAULT_SUCCESS ? fill_slot(session, &credential, reply) : CREDVAULT_INTERNAL;
    }
    secure_zero(secret, sizeof(secret));
    return status;
}

static enum credvault_status unload(uint64_t session, const struct vault_request *request, uint8_t *reply)
{
    struct slot *slot = slot_find(session, request->slot);

    (void)reply;
    if (slot == NULL) {
        return CREDVAULT_NO_SUCH_SLOT;
    }
    slot_release(slot);
    return CREDVAULT_SUCCESS;
}

static enum credvault_status ntlmv2(uint64_t session, const struct vault_request *request, uint8_t *reply)
{
    const struct slot *slot = slot_find(session, request->slot);
    struct credvault_ntlmv2_reply *answer = (struct credvault_ntlmv2_reply *)reply;

    if (slot == NULL) {
        return CREDVAULT_NO_SUCH_SLOT;
    }
    return status_of(ntlmv2_response(slot->ntlm_key, request->server_challenge, request->data.data, request->data.size,
                                     answer->nt_proof_str, answer->session_base_key));
}

static enum credvault_status hmac_sha256(uint64_t session, const struct vault_request *request, uint8_t *reply)
{
    const struct slot *slot = slot_find(session, request->slot);

    if (slot == NULL) {
        return CREDVAULT_NO_SUCH_SLOT;
    }
    return status_of(vault_hmac_tag(slot->hmac_key, request->data.data, request->data.size, reply));
}

static const struct {
    enum credvault_status (*serve)(uint64_t session, const struct vault_request *request, uint8_t *reply);
    uint32_t reply_size;
} commands[] = {
    [CREDVAULT_STORE] = { store, SEALED_BLOB_SIZE },
    [CREDVAULT_LOAD] = { load, sizeof(uint32_t) },
    [CREDVAULT_UNLOAD] = { unload, 0 },
    [CREDVAULT_NTLMV2] = { ntlmv2, sizeof(struct credvault_ntlmv2_reply) },
    [CREDVAULT_HMAC_SHA256] = { hmac_sha256, VAULT_HMAC_SIZE },
};

enum credvault_status vault_serve(uint64_t session, const struct vault_request *request, uint8_t *reply,
                                  uint32_t *reply_size)
{
    enum credvault_status status = commands[request->command].serve(session, request, reply);

    *reply_size = status == CREDVAULT_SUCCESS ? commands[request->command].reply_size : 0;
    return status;
}
