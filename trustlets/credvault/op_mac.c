/* HMAC_SHA256. */
#include "rows.h"

#include <crypto/mac.h>
#include <crypto/vault_hmac.h>
#include <lib/string.h>

/* What a PASSWORD's challenge has in front as well (crypto/vault_hmac.h); its terminator is the separator. */
static const uint8_t label[] = "OpenVSM credvault challenge v1";

static enum credvault_status check(const struct operation *operation)
{
    struct credvault_use header;

    memcpy(&header, operation->input, sizeof(header));
    return header.reserved == 0 ? CREDVAULT_SUCCESS : CREDVAULT_BAD_REQUEST;
}

static enum credvault_status run(struct operation *operation)
{
    const struct record *record = operation->record;
    const struct password_keys *keys = (const struct password_keys *)record->secret;
    const uint8_t *message = operation->input + sizeof(struct credvault_use);
    size_t size = operation->input_size - sizeof(struct credvault_use);
    const struct mac_part parts[] = { { label, sizeof(label) }, { message, size } };
    enum crypto_status status;

    status = record->type == CREDVAULT_PASSWORD
                 ? vault_hmac_tag(keys->hmac, message, size, operation->reply)
                 : mac_compute(MAC_SHA256, record->secret, record->secret_size, parts, 2, operation->reply);
    return operation_end(operation, VAULT_HMAC_SIZE, operation_status(status));
}

const struct operation_row hmac_operation = {
    .command = CREDVAULT_HMAC_SHA256,
    .operation = CREDVAULT_ALLOW_HMAC,
    .types = TYPE_BIT(CREDVAULT_PASSWORD) | TYPE_BIT(CREDVAULT_SYMMETRIC),
    .min_input = sizeof(struct credvault_use),
    .max_input = sizeof(struct credvault_use) + CREDVAULT_MAX_MESSAGE,
    .min_reply = VAULT_HMAC_SIZE,
    .check = check,
    .run = run,
};
