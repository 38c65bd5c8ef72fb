/* NTLMV2. */
#include "rows.h"

#include <crypto/ntlm.h>
#include <lib/string.h>

#define BLOB(operation) ((operation)->input + sizeof(struct credvault_ntlmv2))

static enum credvault_status check(const struct operation *operation)
{
    struct credvault_ntlmv2 header;

    memcpy(&header, operation->input, sizeof(header));
    return header.client_blob_size == operation->input_size - sizeof(header) &&
                   ntlm_is_client_challenge(BLOB(operation), header.client_blob_size)
               ? CREDVAULT_SUCCESS
               : CREDVAULT_BAD_REQUEST;
}

static enum credvault_status run(struct operation *operation)
{
    const struct password_keys *keys = (const struct password_keys *)operation->record->secret;
    struct credvault_ntlmv2_reply *reply = (struct credvault_ntlmv2_reply *)operation->reply;
    struct credvault_ntlmv2 header;
    enum crypto_status status;

    memcpy(&header, operation->input, sizeof(header));
    status = ntlmv2_response(keys->ntlm, header.server_challenge, BLOB(operation), header.client_blob_size, reply->nt_proof_str,
                             reply->session_base_key);
    return operation_end(operation, sizeof(*reply), operation_status(status));
}

const struct operation_row ntlmv2_operation = {
    .command = CREDVAULT_NTLMV2,
    .operation = CREDVAULT_ALLOW_NTLMV2,
    .types = TYPE_BIT(CREDVAULT_PASSWORD),
    .min_input = sizeof(struct credvault_ntlmv2),
    .max_input = sizeof(struct credvault_ntlmv2) + CREDVAULT_MAX_CLIENT_BLOB,
    .min_reply = sizeof(struct credvault_ntlmv2_reply),
    .check = check,
    .run = run,
};
