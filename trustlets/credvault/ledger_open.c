/* Opening the state: which of the blobs that VTL0 brings is the one the machine remembers, and if none is, why. */
#include "ledger_parts.h"

#include <lib/string.h>
#include <vault_mutant.h>

#include "clock.h"
#include "digest.h"
#include "seal.h"
#include "store.h"

static uint8_t plaintext[SEALED_BLOB_MAX_SECRET];

bool ledger_read_record(void)
{
    ledger.record_known = ium_freshness(&ledger.record) == IUM_FRESH_OK;
    if (ledger.record_known) {
        clock_machine(ledger.record.clock);
    }
    return ledger.record_known;
}

void ledger_close(enum credvault_reason reason)
{
    secure_zero(&ledger.committed, sizeof(ledger.committed));
    secure_zero(&ledger.draft, sizeof(ledger.draft));
    ledger.generation = 0;
    ledger.reason = reason;
    ledger.record_known = ledger.record_known && reason != CREDVAULT_RECORD_FAILED;
    ledger.open = false;
    ledger.epoch++;
}

/* Is the generation one that belongs under that name, and not another number when cut to 32 bits? */
static bool belongs(uint64_t generation, uint32_t parity)
{
    return generation <= UINT32_MAX && generation % 2 == parity;
}

/* ledger.draft = what is in the blob, if it is a state of this vault. *generation: its own word, authenticated. */
static bool open_blob(uint32_t parity, size_t size, uint32_t *generation)
{
    struct sealed_blob_header header;
    size_t opened = 0;
    bool good = sealed_blob_claims(ledger_blob, size, &header) && belongs(header.generation, parity) &&
                unseal(SEAL_STATE, 0, (uint32_t)header.generation, ledger_blob, size, plaintext, &opened) == CREDVAULT_SUCCESS &&
                opened == sizeof(ledger.draft);

    if (good) {
        memcpy(&ledger.draft, plaintext, sizeof(ledger.draft));
        *generation = (uint32_t)header.generation;
        good = state_is_sound(&ledger.draft);
    }
    secure_zero(plaintext, sizeof(plaintext));
    return good;
}

static bool is_remembered(size_t size)
{
    const struct mac_part blob = { ledger_blob, size };
    uint8_t digest[DIGEST_SIZE];

    return ledger.record.state == IUM_FRESHNESS_SET && digest_of(&blob, 1, digest) &&
           (memcmp(digest, ledger.record.digest, sizeof(digest)) == 0 || mutant_is(MUTANT_OLD_STATE));
}

/* Why the blob is not the state: CREDVAULT_REASON_NONE if it is, and ledger.draft holds it. */
static enum credvault_reason judge(uint32_t parity, size_t size, uint32_t *generation)
{
    if (!open_blob(parity, size, generation)) {
        return seal_reason(ledger_blob, size);
    }
    if (is_remembered(size)) {
        return CREDVAULT_REASON_NONE;
    }
    /* Where nothing is remembered, a vault that never had a credential is as good as none. */
    if (ledger.record.state == IUM_FRESHNESS_NONE && ledger.draft.next_number == 1) {
        return CREDVAULT_STATE_MISSING;
    }
    return ledger.record.state == IUM_FRESHNESS_NONE ? CREDVAULT_RECORD_LOST : CREDVAULT_OLD_STATE;
}

/* How much a reason tells: of two blobs the better one speaks. */
static uint32_t weight(enum credvault_reason reason)
{
    switch (reason) {
    case CREDVAULT_REASON_NONE:
        return 4;
    case CREDVAULT_OLD_STATE:
    case CREDVAULT_RECORD_LOST:
        return 3;
    case CREDVAULT_STATE_DAMAGED:
        return 1;
    case CREDVAULT_STATE_MISSING:
        return 0;
    default:
        return 2;
    }
}

/* CREDVAULT_REASON_NONE: ledger.committed is the state. */
static enum credvault_reason look_at_blobs(uint32_t *generation)
{
    enum credvault_reason reason = CREDVAULT_STATE_MISSING;

    for (uint32_t parity = 0; parity < 2 && reason != CREDVAULT_REASON_NONE; parity++) {
        size_t size = 0;
        bool brought = store_read_state(parity, ledger_blob, &size) == CREDVAULT_SUCCESS;
        enum credvault_reason judged = brought ? judge(parity, size, generation) : CREDVAULT_STATE_MISSING;

        if (judged == CREDVAULT_REASON_NONE) {
            ledger.committed = ledger.draft;
        }
        reason = weight(judged) > weight(reason) ? judged : reason;
    }
    secure_zero(&ledger.draft, sizeof(ledger.draft));
    return reason;
}

/* The record's own trouble, unless the blobs say what it comes from: a record is foreign after every update. */
static enum credvault_reason with_record(enum credvault_reason reason)
{
    switch (ledger.record.state) {
    case IUM_FRESHNESS_SET:
        return reason;
    case IUM_FRESHNESS_NONE:
        return reason == CREDVAULT_STATE_MISSING ? CREDVAULT_REASON_NONE : reason;
    case IUM_FRESHNESS_FOREIGN:
        return weight(reason) == 2 ? reason : CREDVAULT_RECORD_FOREIGN;
    default:
        return CREDVAULT_RECORD_ROLLED_BACK;
    }
}

static enum credvault_reason find_state(uint32_t *generation)
{
    enum credvault_reason reason;

    if (!ledger.record_known && !ledger_read_record()) {
        return CREDVAULT_RECORD_FAILED;
    }
    reason = with_record(look_at_blobs(generation));
    if (reason == CREDVAULT_REASON_NONE && ledger.record.state == IUM_FRESHNESS_NONE) {
        state_clear(&ledger.committed);
        *generation = 0;
    }
    return reason;
}

enum credvault_status ledger_open(void)
{
    uint32_t generation = 0;

    if (ledger.open) {
        return CREDVAULT_SUCCESS;
    }
    ledger.reason = find_state(&generation);
    if (ledger.reason != CREDVAULT_REASON_NONE) {
        return CREDVAULT_CLOSED;
    }
    ledger_take(generation);
    ledger.epoch++;
    clock_resume(&ledger.committed);
    return CREDVAULT_SUCCESS;
}
