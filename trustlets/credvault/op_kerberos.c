/* KERBEROS_PREAUTH and KERBEROS_AS_REP: under the keys of a PASSWORD. */
#include "op_kerberos.h"

#include <lib/string.h>

#include "kerberos_request.h"
#include "rows.h"

static bool etype_ok(uint32_t etype)
{
    return etype >= KERBEROS_AES128_SHA1 && etype <= KERBEROS_AES256_SHA384;
}

static const uint8_t *key_of(const struct record *record, uint32_t etype)
{
    const struct password_keys *keys = (const struct password_keys *)record->secret;

    return keys->kerberos[etype - KERBEROS_AES128_SHA1];
}

static enum credvault_status check_preauth(const struct operation *operation)
{
    struct credvault_kerberos_preauth header;

    memcpy(&header, operation->input, sizeof(header));
    return header.reserved == 0 && etype_ok(header.etype) && header.time < KERBEROS_TIME_END &&
                   header.microseconds < KERBEROS_MICROSECONDS
               ? CREDVAULT_SUCCESS
               : CREDVAULT_BAD_REQUEST;
}

/* What is encrypted is made here: VTL0 chooses a time and no byte else. */
static enum credvault_status run_preauth(struct operation *operation)
{
    struct credvault_kerberos_preauth header;
    uint8_t plaintext[KERBEROS_TIMESTAMP_MAX];
    enum crypto_status status;
    uint32_t size;

    memcpy(&header, operation->input, sizeof(header));
    size = kerberos_timestamp(header.time, header.microseconds, plaintext);
    status = kerberos_encrypt((enum kerberos_type)header.etype, key_of(operation->record, header.etype),
                              KERBEROS_USAGE_AS_REQ_TIMESTAMP, plaintext, size, operation->reply);
    return operation_end(operation, size + (uint32_t)kerberos_overhead((enum kerberos_type)header.etype), operation_status(status));
}

enum credvault_status kerberos_rep_check(const struct operation *operation)
{
    struct credvault_kerberos_rep header;
    uint32_t overhead;

    memcpy(&header, operation->input, sizeof(header));
    overhead = (uint32_t)kerberos_overhead((enum kerberos_type)header.etype);
    if (header.reserved != 0 || !etype_ok(header.etype) || header.cipher_size != operation->input_size - sizeof(header) ||
        header.cipher_size < overhead ||
        operation->reply_capacity < sizeof(struct credvault_kerberos_reply) + header.cipher_size - overhead) {
        return CREDVAULT_BAD_REQUEST;
    }
    return session_key_room() ? CREDVAULT_SUCCESS : CREDVAULT_FULL;
}

/* plaintext[0..size) is authentic: takes the session key out and answers with the rest. */
static enum credvault_status keep_key(struct operation *operation, const struct kerberos_opener *opener, uint8_t *plaintext,
                                      uint32_t size)
{
    struct credvault_kerberos_reply *header = (struct credvault_kerberos_reply *)operation->reply;
    const struct session_key *added = NULL;
    struct kerberos_reply reply;
    bool good = kerberos_reply_open(plaintext, size, opener->kind, &reply);

    if (good) {
        added = session_key_add(operation->session, opener->credential, reply.etype, reply.ticket_granting, reply.key);
    }
    secure_zero(reply.key, sizeof(reply.key));
    if (added == NULL) {
        return good ? CREDVAULT_FULL : CREDVAULT_REFUSED;
    }
    *header = (struct credvault_kerberos_reply){ added->number, added->etype, size, reply.key_offset };
    memcpy(header + 1, plaintext, size);
    return operation_end(operation, sizeof(*header) + size, CREDVAULT_SUCCESS);
}

enum credvault_status kerberos_rep_run(struct operation *operation, const struct kerberos_opener *opener)
{
    const uint8_t *cipher = operation->input + sizeof(struct credvault_kerberos_rep);
    uint32_t size = operation->input_size - (uint32_t)sizeof(struct credvault_kerberos_rep);
    uint8_t plaintext[CREDVAULT_MAX_MESSAGE];
    enum credvault_status status;

    status = operation_status(kerberos_decrypt((enum kerberos_type)opener->etype, opener->key, opener->usage, cipher, size, plaintext));
    if (status == CREDVAULT_SUCCESS) {
        status = keep_key(operation, opener, plaintext, size - (uint32_t)kerberos_overhead((enum kerberos_type)opener->etype));
    }
    secure_zero(plaintext, sizeof(plaintext));
    return status;
}

static enum credvault_status run_as_rep(struct operation *operation)
{
    struct kerberos_opener opener = { .usage = KERBEROS_USAGE_AS_REP, .kind = KERBEROS_AS_REPLY };
    struct credvault_kerberos_rep header;

    memcpy(&header, operation->input, sizeof(header));
    opener.etype = header.etype;
    opener.key = key_of(operation->record, header.etype);
    opener.credential = header.credential;
    return kerberos_rep_run(operation, &opener);
}

const struct operation_row kerberos_preauth_operation = {
    .command = CREDVAULT_KERBEROS_PREAUTH,
    .operation = CREDVAULT_ALLOW_KERBEROS,
    .types = TYPE_BIT(CREDVAULT_PASSWORD),
    .min_input = sizeof(struct credvault_kerberos_preauth),
    .max_input = sizeof(struct credvault_kerberos_preauth),
    .min_reply = KERBEROS_TIMESTAMP_MAX + KERBEROS_MAX_OVERHEAD,
    .check = check_preauth,
    .run = run_preauth,
};

const struct operation_row kerberos_as_rep_operation = {
    .command = CREDVAULT_KERBEROS_AS_REP,
    .operation = CREDVAULT_ALLOW_KERBEROS,
    .types = TYPE_BIT(CREDVAULT_PASSWORD),
    .min_input = sizeof(struct credvault_kerberos_rep),
    .max_input = sizeof(struct credvault_kerberos_rep) + CREDVAULT_MAX_MESSAGE,
    .min_reply = sizeof(struct credvault_kerberos_reply),
    .check = kerberos_rep_check,
    .run = run_as_rep,
};
