#include "ledger_parts.h"

#include <lib/string.h>
#include <vault_mutant.h>

#include "clock.h"
#include "digest.h"
#include "seal.h"
#include "store.h"

struct ledger ledger;
uint8_t ledger_blob[SEALED_BLOB_MAX];

_Static_assert(sizeof(struct state) <= SEALED_BLOB_MAX_SECRET, "a state fits a blob");

void ledger_start(void)
{
    secure_zero(&ledger, sizeof(ledger));
}

struct ledger_view ledger_view(void)
{
    return (struct ledger_view){ .reason = ledger.reason, .lasting = ledger.record.lasting != 0, .generation = ledger.generation };
}

uint32_t ledger_epoch(void)
{
    return ledger.epoch;
}

const struct state *ledger_state(void)
{
    return &ledger.committed;
}

uint32_t ledger_next_generation(void)
{
    return ledger.next_generation;
}

/* A state whose generation has no successor is never reached: SP 800-38D's limit for random nonces is the same. */
static enum credvault_status seal_draft(uint8_t digest[DIGEST_SIZE], size_t *size)
{
    struct mac_part blob = { ledger_blob, 0 };

    clock_save(&ledger.draft);
    if (ledger.next_generation == 0 ||
        seal(SEAL_STATE, 0, ledger.next_generation, &ledger.draft, sizeof(ledger.draft), ledger_blob, size) != CREDVAULT_SUCCESS) {
        return CREDVAULT_INTERNAL;
    }
    blob.size = *size;
    return digest_of(&blob, 1, digest) ? CREDVAULT_SUCCESS : CREDVAULT_INTERNAL;
}

/* The TPM failed on the way. What it remembers now says whether it happened; if even that cannot be had, the vault closes. */
static enum credvault_status find_out(const struct ium_freshness *old, const uint8_t digest[DIGEST_SIZE])
{
    if (!ledger_read_record()) {
        ledger_close(CREDVAULT_RECORD_FAILED);
        return CREDVAULT_FRESHNESS_FAILED;
    }
    if (ledger.record.state == IUM_FRESHNESS_SET && memcmp(ledger.record.digest, digest, DIGEST_SIZE) == 0) {
        return CREDVAULT_SUCCESS;
    }
    if (ledger.record.state != old->state || memcmp(ledger.record.digest, old->digest, DIGEST_SIZE) != 0) {
        ledger_close(CREDVAULT_RECORD_FAILED);
    }
    return CREDVAULT_FRESHNESS_FAILED;
}

/* The point at which it has happened. */
static enum credvault_status remember(const uint8_t digest[DIGEST_SIZE])
{
    const struct ium_freshness old = ledger.record;

    if (ium_set_freshness(digest, old.generation) != IUM_FRESH_OK) {
        return find_out(&old, digest);
    }
    if (old.state == IUM_FRESHNESS_SET) {
        memcpy(ledger.record.digest, digest, DIGEST_SIZE);
        ledger.record.generation++;
        return CREDVAULT_SUCCESS;
    }
    if (!ledger_read_record()) {
        ledger_close(CREDVAULT_RECORD_FAILED);
        return CREDVAULT_FRESHNESS_FAILED;
    }
    return CREDVAULT_SUCCESS;
}

void ledger_take(uint32_t generation)
{
    ledger.generation = generation;
    ledger.reason = CREDVAULT_REASON_NONE;
    ledger.open = true;
}

enum credvault_status ledger_commit(void)
{
    uint8_t digest[DIGEST_SIZE];
    size_t size;
    enum credvault_status status = seal_draft(digest, &size);

    if (status == CREDVAULT_SUCCESS) {
        status = store_write_state(ledger.next_generation, ledger_blob, size);
    }
    if (status == CREDVAULT_SUCCESS) {
        status = remember(digest);
    }
    if (status == CREDVAULT_SUCCESS) {
        ledger.committed = ledger.draft;
        ledger_take(ledger.next_generation);
    }
    return status;
}

/*
 * While the machine remembers nothing, the first thing it gets to remember is an empty vault: a state of which nothing is
 * lost when the power goes before it is remembered.
 */
static enum credvault_status found_vault(void)
{
    if (ledger.record.state == IUM_FRESHNESS_SET) {
        return CREDVAULT_SUCCESS;
    }
    ledger.draft = ledger.committed;
    ledger.next_generation = ledger.generation + 1;
    return ledger_commit();
}

enum credvault_status ledger_begin(struct state **draft)
{
    enum credvault_status status = found_vault();

    ledger.draft = ledger.committed;
    ledger.next_generation = ledger.generation + 1;
    *draft = &ledger.draft;
    return status;
}

static enum credvault_status turn_page(struct audit *audit)
{
    struct credvault_audit_entry entries[CREDVAULT_AUDIT_PAGE];
    uint8_t head[AUDIT_HASH_SIZE];
    enum credvault_status status;

    if (!audit_entries(audit, CREDVAULT_AUDIT_PAGE, entries, head)) {
        return CREDVAULT_INTERNAL;
    }
    status = store_write_audit(audit_full_page(audit), entries);
    audit_turn(audit, head);
    return status;
}

enum credvault_status ledger_note(uint64_t session, uint32_t command, uint32_t credential, enum credvault_status status)
{
    const struct audit_row row = {
        .time = clock_now(),
        .command = command,
        .credential = credential,
        .status = status,
        .session = (uint32_t)session,
    };

    if (mutant_is(MUTANT_AUDIT_SILENT)) {
        return CREDVAULT_SUCCESS;
    }
    return audit_add(&ledger.draft.audit, &row) ? turn_page(&ledger.draft.audit) : CREDVAULT_SUCCESS;
}

/* A record that is another's or contradicts itself has to go first. One that is in order is written over: no moment without. */
static enum credvault_status free_record(void)
{
    if (!ledger.record_known && !ledger_read_record()) {
        return CREDVAULT_FRESHNESS_FAILED;
    }
    if (ledger.record.state == IUM_FRESHNESS_SET || ledger.record.state == IUM_FRESHNESS_NONE) {
        return CREDVAULT_SUCCESS;
    }
    return ium_reset_freshness() == IUM_FRESH_OK && ledger_read_record() ? CREDVAULT_SUCCESS : CREDVAULT_FRESHNESS_FAILED;
}

/* The generation begins anew, with the blob that the committed state is not in. */
enum credvault_status ledger_empty(void)
{
    ledger.next_generation = ledger.generation % 2 == 1 ? 2 : 1;
    state_clear(&ledger.draft);
    ledger.epoch++;
    return free_record();
}
