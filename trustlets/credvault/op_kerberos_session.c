/* KERBEROS_TGS_REP, KERBEROS_AUTHENTICATOR and KERBEROS_CHECKSUM: under session keys. */
#include "op_kerberos.h"

#include <lib/string.h>

#include "kerberos_request.h"
#include "rows.h"

/* RFC 4120, "Key Usage Numbers", that crypto/kerberos.h has no names for. */
enum { USAGE_AP_REQ_CHECKSUM = 10, USAGE_AP_REQ_AUTHENTICATOR = 11 };

/* A reply of another type than the key's is not for that key: refused like one that was made under another. */
static enum credvault_status run_tgs_rep(struct operation *operation)
{
    const struct session_key *key = operation->key;
    const struct kerberos_opener opener = { key->etype, key->key, KERBEROS_USAGE_TGS_REP_SESSION_KEY, KERBEROS_TGS_REPLY,
                                            key->credential };
    struct credvault_kerberos_rep header;

    memcpy(&header, operation->input, sizeof(header));
    return header.etype == key->etype ? kerberos_rep_run(operation, &opener) : CREDVAULT_REFUSED;
}

static bool data_ok(const struct operation *operation, const struct credvault_kerberos_data *header)
{
    return header->reserved == 0 && header->size == operation->input_size - sizeof(*header);
}

/*
 * A TGS-REQ with a subkey would be answered under it (RFC 4120, "Generation of KRB_TGS_REP Message"): under a key of VTL0's
 * choice, with the next session key inside. So there is none with usage 7. With usage 11 it is a service's session that
 * VTL0 gets the key of, as clients do.
 */
static enum credvault_status check_authenticator(const struct operation *operation)
{
    struct credvault_kerberos_data header;

    memcpy(&header, operation->input, sizeof(header));
    return data_ok(operation, &header) &&
                   (header.usage == KERBEROS_USAGE_TGS_REQ_AUTHENTICATOR || header.usage == USAGE_AP_REQ_AUTHENTICATOR) &&
                   operation->reply_capacity >= header.size + KERBEROS_MAX_OVERHEAD &&
                   kerberos_authenticator_ok(operation->input + sizeof(header), header.size, header.usage == USAGE_AP_REQ_AUTHENTICATOR)
               ? CREDVAULT_SUCCESS
               : CREDVAULT_BAD_REQUEST;
}

/* There are KDCs that take usage 11 in a TGS-REQ for the sake of old clients: a ticket-granting ticket's key has none of it. */
static enum credvault_status run_authenticator(struct operation *operation)
{
    const struct session_key *key = operation->key;
    enum kerberos_type type = (enum kerberos_type)key->etype;
    struct credvault_kerberos_data header;
    enum crypto_status status;

    memcpy(&header, operation->input, sizeof(header));
    if (key->ticket_granting && header.usage != KERBEROS_USAGE_TGS_REQ_AUTHENTICATOR) {
        return CREDVAULT_BAD_REQUEST;
    }
    status = kerberos_encrypt(type, key->key, header.usage, operation->input + sizeof(header), header.size, operation->reply);
    return operation_end(operation, header.size + (uint32_t)kerberos_overhead(type), operation_status(status));
}

static enum credvault_status check_checksum(const struct operation *operation)
{
    struct credvault_kerberos_data header;

    memcpy(&header, operation->input, sizeof(header));
    return data_ok(operation, &header) && (header.usage == KERBEROS_USAGE_TGS_REQ_CHECKSUM || header.usage == USAGE_AP_REQ_CHECKSUM)
               ? CREDVAULT_SUCCESS
               : CREDVAULT_BAD_REQUEST;
}

static enum credvault_status run_checksum(struct operation *operation)
{
    enum kerberos_type type = (enum kerberos_type)operation->key->etype;
    struct credvault_kerberos_data header;
    enum crypto_status status;

    memcpy(&header, operation->input, sizeof(header));
    status = kerberos_checksum(type, operation->key->key, header.usage, operation->input + sizeof(header), header.size,
                               operation->reply);
    return operation_end(operation, (uint32_t)kerberos_checksum_size(type), operation_status(status));
}

const struct operation_row kerberos_tgs_rep_operation = {
    .command = CREDVAULT_KERBEROS_TGS_REP,
    .operation = CREDVAULT_ALLOW_KERBEROS,
    .min_input = sizeof(struct credvault_kerberos_rep),
    .max_input = sizeof(struct credvault_kerberos_rep) + CREDVAULT_MAX_MESSAGE,
    .min_reply = sizeof(struct credvault_kerberos_reply),
    .check = kerberos_rep_check,
    .run = run_tgs_rep,
};

const struct operation_row kerberos_authenticator_operation = {
    .command = CREDVAULT_KERBEROS_AUTHENTICATOR,
    .operation = CREDVAULT_ALLOW_KERBEROS,
    .min_input = sizeof(struct credvault_kerberos_data),
    .max_input = sizeof(struct credvault_kerberos_data) + CREDVAULT_MAX_MESSAGE,
    .min_reply = KERBEROS_MAX_OVERHEAD,
    .check = check_authenticator,
    .run = run_authenticator,
};

const struct operation_row kerberos_checksum_operation = {
    .command = CREDVAULT_KERBEROS_CHECKSUM,
    .operation = CREDVAULT_ALLOW_KERBEROS,
    .min_input = sizeof(struct credvault_kerberos_data),
    .max_input = sizeof(struct credvault_kerberos_data) + CREDVAULT_MAX_MESSAGE,
    .min_reply = KERBEROS_MAX_TAG,
    .check = check_checksum,
    .run = run_checksum,
};
