/* HOTP and TOTP. */
#include "rows.h"

#include <crypto/otp.h>
#include <lib/string.h>

#define TICKS    UINT64_C(10000000)    /* of the vault's time in a second */
#define TO_1970  UINT64_C(11644473600) /* seconds from 1601 */

static uint64_t unix_time(const struct operation *operation)
{
    return operation->now / TICKS - TO_1970;
}

static enum credvault_status check_hotp(const struct operation *operation)
{
    struct credvault_use header;

    memcpy(&header, operation->input, sizeof(header));
    return header.reserved == 0 ? CREDVAULT_SUCCESS : CREDVAULT_BAD_REQUEST;
}

/* RFC 6238 counts from 1970: there is no code for a time before. */
static enum credvault_status check_totp(const struct operation *operation)
{
    return operation->now / TICKS >= TO_1970 ? check_hotp(operation) : CREDVAULT_BAD_REQUEST;
}

static enum credvault_status code_of(struct operation *operation, uint64_t counter)
{
    static const enum mac_hash hashes[] = { [CREDVAULT_SHA1] = MAC_SHA1, [CREDVAULT_SHA256] = MAC_SHA256, [CREDVAULT_SHA512] = MAC_SHA512 };
    const struct record *record = operation->record;
    struct credvault_otp_reply *reply = (struct credvault_otp_reply *)operation->reply;
    enum crypto_status status;

    if (record->symmetric.hash < CREDVAULT_SHA1 || record->symmetric.hash > CREDVAULT_SHA512) {
        return CREDVAULT_INTERNAL;
    }
    reply->digits = record->symmetric.digits;
    reply->counter = counter;
    status = hotp(hashes[record->symmetric.hash], record->secret, record->secret_size, counter, record->symmetric.digits,
                  &reply->code);
    return operation_end(operation, sizeof(*reply), operation_status(status));
}

static enum credvault_status run_hotp(struct operation *operation)
{
    return code_of(operation, operation->counter);
}

/* A policy that allows TOTP has a step; a record without one is none of ours. */
static enum credvault_status run_totp(struct operation *operation)
{
    uint32_t step = operation->record->symmetric.step;

    return step != 0 ? code_of(operation, unix_time(operation) / step) : CREDVAULT_INTERNAL;
}

const struct operation_row hotp_operation = {
    .command = CREDVAULT_HOTP,
    .operation = CREDVAULT_ALLOW_HOTP,
    .types = TYPE_BIT(CREDVAULT_SYMMETRIC),
    .min_input = sizeof(struct credvault_use),
    .max_input = sizeof(struct credvault_use),
    .min_reply = sizeof(struct credvault_otp_reply),
    .check = check_hotp,
    .run = run_hotp,
};

const struct operation_row totp_operation = {
    .command = CREDVAULT_TOTP,
    .operation = CREDVAULT_ALLOW_TOTP,
    .types = TYPE_BIT(CREDVAULT_SYMMETRIC),
    .min_input = sizeof(struct credvault_use),
    .max_input = sizeof(struct credvault_use),
    .min_reply = sizeof(struct credvault_otp_reply),
    .check = check_totp,
    .run = run_totp,
};
