#include "pin.h"

#include <crypto/equal.h>
#include <crypto/mac.h>
#include <crypto/text.h>
#include <lib/string.h>
#include <psa/crypto.h>
#include <vault_mutant.h>

#include "ledger.h"
#include "policy.h"
#include "record_blob.h"

bool pin_is_text(const uint8_t *pin, uint32_t size)
{
    return size >= CREDVAULT_MIN_PIN && size <= CREDVAULT_MAX_PIN && text_is_utf8(pin, size);
}

static bool hash_pin(const struct record *record, const uint8_t *pin, uint32_t size, uint8_t hash[PIN_HASH_SIZE])
{
    const struct mac_part salt = { record->pin_salt, PIN_SALT_SIZE };

    return pbkdf2_hmac(MAC_SHA256, pin, size, &salt, 1, PIN_ITERATIONS, hash, PIN_HASH_SIZE) == CRYPTO_OK;
}

enum credvault_status pin_set(struct record *record, const uint8_t *pin, uint32_t size)
{
    bool set = psa_generate_random(record->pin_salt, PIN_SALT_SIZE) == PSA_SUCCESS && hash_pin(record, pin, size, record->pin_hash);

    return set ? CREDVAULT_SUCCESS : CREDVAULT_INTERNAL;
}

/* The row's count of failures becomes that, with an entry in the audit log. */
static enum credvault_status commit_failures(const struct trustlet_call *call, uint32_t credential, uint32_t failures,
                                             enum credvault_status decided)
{
    struct state *draft;
    enum credvault_status status = ledger_begin(&draft);

    if (status == CREDVAULT_SUCCESS) {
        state_row(draft, credential)->pin_failures = (uint8_t)failures;
        status = ledger_note(call->session, call->command, credential, decided);
    }
    return status == CREDVAULT_SUCCESS ? ledger_commit() : status;
}

/* The record is there. What is noted first is true until the PIN has been looked at: one try less. */
static enum credvault_status try_pin(struct session *session, const struct trustlet_call *call, const struct row *row,
                                     const struct record *record)
{
    const uint8_t *pin = call->input + sizeof(struct credvault_unlock);
    uint32_t size = call->input_size - (uint32_t)sizeof(struct credvault_unlock), credential = row->number;
    uint8_t hash[PIN_HASH_SIZE];
    uint32_t failures = row->pin_failures + (mutant_is(MUTANT_PIN_UNCOUNTED) ? 0u : 1u);
    enum credvault_status status = commit_failures(call, credential, failures, CREDVAULT_PIN_WRONG);
    bool right;

    if (status != CREDVAULT_SUCCESS) {
        return status;
    }
    if (!hash_pin(record, pin, size, hash)) {
        return CREDVAULT_INTERNAL;
    }
    right = crypto_equal(hash, record->pin_hash, sizeof(hash)) || mutant_is(MUTANT_PIN_ANY);
    status = right ? commit_failures(call, credential, 0, CREDVAULT_SUCCESS) : CREDVAULT_PIN_WRONG;
    secure_zero(hash, sizeof(hash));
    if (status == CREDVAULT_SUCCESS) {
        session_arm(session, credential);
    }
    return status;
}

static enum credvault_status check(const struct row *row)
{
    if (row == NULL) {
        return CREDVAULT_NO_SUCH_CREDENTIAL;
    }
    if ((row->flags & CREDVAULT_POLICY_PIN) == 0) {
        return CREDVAULT_NOT_ALLOWED;
    }
    return policy_is_locked(row) ? CREDVAULT_PIN_LOCKED : CREDVAULT_SUCCESS;
}

enum credvault_status pin_serve(struct session *session, struct trustlet_call *call)
{
    static struct record record;
    struct credvault_unlock header;
    const struct row *row;
    enum credvault_status status;

    memcpy(&header, call->input, sizeof(header));
    if (header.pin_size != call->input_size - sizeof(header) || !pin_is_text(call->input + sizeof(header), header.pin_size)) {
        return CREDVAULT_BAD_REQUEST;
    }
    row = state_look(ledger_state(), header.credential);
    status = check(row);
    if (status == CREDVAULT_SUCCESS) {
        status = record_load(row, &record);
    }
    if (status == CREDVAULT_SUCCESS) {
        status = try_pin(session, call, row, &record);
    }
    secure_zero(&record, sizeof(record));
    return status;
}
