/* AGREE: ECDH, and of its result only what HKDF makes of it. */
#include "rows.h"

#include <crypto/hkdf.h>
#include <lib/string.h>

#include "key_pair.h"

#define MIN_OUT     16u
#define MAX_OUT     64u
#define MAX_SHARED  48u
#define P256_POINT  65u
#define P384_POINT  97u
#define UNCOMPRESSED 4u

/* Keeps what is derived here apart from what others derive of the same shared secret. */
static const uint8_t salt[] = "OpenVSM credvault agree v1";

static enum credvault_status check(const struct operation *operation)
{
    struct credvault_agree header;
    uint32_t rest = operation->input_size - sizeof(header);

    memcpy(&header, operation->input, sizeof(header));
    return (header.peer_size == P256_POINT || header.peer_size == P384_POINT) && header.info_size <= CREDVAULT_MAX_INFO &&
                   rest == header.peer_size + header.info_size && header.out_size >= MIN_OUT && header.out_size <= MAX_OUT &&
                   header.out_size <= operation->reply_capacity
               ? CREDVAULT_SUCCESS
               : CREDVAULT_BAD_REQUEST;
}

/* PSA checks that the peer's point is on the curve before it computes. Points in other forms have no place here. */
static enum credvault_status agree(const struct record *record, const uint8_t *peer, uint32_t peer_size, uint8_t shared[MAX_SHARED],
                                   size_t *size)
{
    enum credvault_status status;
    psa_key_id_t id;

    if (peer[0] != UNCOMPRESSED) {
        return CREDVAULT_REFUSED;
    }
    status = key_pair_open(record->type, record->secret, record->secret_size, PSA_KEY_USAGE_DERIVE, PSA_ALG_ECDH, &id);
    if (status != CREDVAULT_SUCCESS) {
        return CREDVAULT_INTERNAL;
    }
    status = key_pair_status(psa_raw_key_agreement(PSA_ALG_ECDH, id, peer, peer_size, shared, MAX_SHARED, size));
    psa_destroy_key(id);
    return status;
}

static enum credvault_status run(struct operation *operation)
{
    const uint8_t *peer = operation->input + sizeof(struct credvault_agree);
    uint8_t shared[MAX_SHARED] = { 0 };
    struct credvault_agree header;
    enum credvault_status status;
    size_t size = 0;

    memcpy(&header, operation->input, sizeof(header));
    if (header.peer_size != operation->record->public_key_size) {
        return CREDVAULT_WRONG_TYPE;
    }
    status = agree(operation->record, peer, header.peer_size, shared, &size);
    if (status == CREDVAULT_SUCCESS) {
        status = operation_status(hkdf(MAC_SHA256, salt, sizeof(salt) - 1, shared, size, peer + header.peer_size, header.info_size,
                                operation->reply, header.out_size));
    }
    secure_zero(shared, sizeof(shared));
    return operation_end(operation, header.out_size, status);
}

const struct operation_row agree_operation = {
    .command = CREDVAULT_AGREE,
    .operation = CREDVAULT_ALLOW_AGREE,
    .types = TYPE_BIT(CREDVAULT_P256) | TYPE_BIT(CREDVAULT_P384),
    .min_input = sizeof(struct credvault_agree) + P256_POINT,
    .max_input = sizeof(struct credvault_agree) + P384_POINT + CREDVAULT_MAX_INFO,
    .min_reply = MIN_OUT,
    .check = check,
    .run = run,
};
