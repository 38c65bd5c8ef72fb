/* WRAP: another credential's secret leaves, in the form that IMPORT takes. */
#include "rows.h"

#include <crypto/key_wrap.h>
#include <lib/string.h>

static enum credvault_status check(const struct operation *operation)
{
    struct credvault_wrap header;

    memcpy(&header, operation->input, sizeof(header));
    return header.target != header.credential ? CREDVAULT_SUCCESS : CREDVAULT_BAD_REQUEST;
}

/* A password's keys are no key that anyone could import. */
static enum credvault_status run(struct operation *operation)
{
    const struct record *key = operation->record, *target = operation->target;
    enum crypto_status status;

    if (target == NULL || target->type == CREDVAULT_PASSWORD) {
        return CREDVAULT_WRONG_TYPE;
    }
    status = key_wrap_padded(key->secret, key->secret_size, target->secret, target->secret_size, operation->reply);
    return operation_end(operation, KEY_WRAP_PADDED_SIZE(target->secret_size), operation_status(status));
}

/* How long the secret is, only its own record says: whoever asks takes the longest. */
const struct operation_row wrap_operation = {
    .command = CREDVAULT_WRAP,
    .operation = CREDVAULT_ALLOW_WRAP,
    .types = TYPE_BIT(CREDVAULT_SYMMETRIC),
    .min_input = sizeof(struct credvault_wrap),
    .max_input = sizeof(struct credvault_wrap),
    .min_reply = KEY_WRAP_PADDED_SIZE(CREDVAULT_MAX_SECRET),
    .check = check,
    .run = run,
};
