/* What can be told of credentials, and the audit log. */
#include "manage.h"

#include <lib/string.h>

#include "clock.h"
#include "ledger.h"
#include "policy.h"
#include "record_blob.h"
#include "seal.h"

static struct record told;

static const char audit_text[] = "OpenVSM credvault audit v1"; /* signed with its zero */

/* What only the blob knows is missing where VTL0 does not bring it. */
static struct credvault_entry entry_of(const struct row *row)
{
    struct credvault_entry entry = {
        .credential = row->number,
        .type = row->type,
        .policy = policy_of(row),
        .uses = row->uses,
        .pin_failures = row->pin_failures,
        .state = policy_entry_state(row, clock_now()),
    };

    if (record_load(row, &told) == CREDVAULT_SUCCESS) {
        entry.label_size = told.label_size;
        entry.public_key_size = told.public_key_size;
        memcpy(entry.label, told.label, sizeof(entry.label));
    }
    secure_zero(&told, sizeof(told));
    return entry;
}

enum credvault_status manage_list(struct session *session, struct trustlet_call *call)
{
    const struct row *row;
    struct credvault_entry entry;
    uint32_t above;

    (void)session;
    memcpy(&above, call->input, sizeof(above));
    while (call->reply_capacity - call->reply_size >= sizeof(entry) && (row = state_next(ledger_state(), above)) != NULL) {
        entry = entry_of(row);
        memcpy(call->reply + call->reply_size, &entry, sizeof(entry));
        call->reply_size += sizeof(entry);
        above = row->number;
    }
    return CREDVAULT_SUCCESS;
}

enum credvault_status manage_public_key(struct session *session, struct trustlet_call *call)
{
    const struct row *row;
    uint32_t credential;
    enum credvault_status status;

    (void)session;
    memcpy(&credential, call->input, sizeof(credential));
    row = state_look(ledger_state(), credential);
    if (row == NULL) {
        return CREDVAULT_NO_SUCH_CREDENTIAL;
    }
    if ((POLICY_PUBLIC_TYPES & POLICY_TYPE(row->type)) == 0) {
        return CREDVAULT_WRONG_TYPE;
    }
    status = record_load(row, &told);
    if (status == CREDVAULT_SUCCESS) {
        memcpy(call->reply, told.public_key, told.public_key_size);
        call->reply_size = told.public_key_size;
    }
    secure_zero(&told, sizeof(told));
    return status;
}

/* What docs/vault.md says is signed. */
struct audit_statement {
    char text[sizeof(audit_text)];
    uint8_t challenge[sizeof(((struct credvault_audit_read *)0)->challenge)];
    uint8_t next[8];
    uint8_t head[AUDIT_HASH_SIZE];
};
_Static_assert(sizeof(struct audit_statement) == 27 + 32 + 8 + 32, "no holes: it is signed as it is");

static bool sign(const uint8_t *challenge, struct credvault_audit *audit)
{
    struct audit_statement statement;

    memcpy(statement.text, audit_text, sizeof(statement.text));
    memcpy(statement.challenge, challenge, sizeof(statement.challenge));
    memcpy(statement.next, &audit->next, sizeof(statement.next));
    memcpy(statement.head, audit->head, sizeof(statement.head));
    return seal_sign(&statement, sizeof(statement), audit->signature);
}

enum credvault_status manage_audit(struct session *session, struct trustlet_call *call)
{
    const struct audit *log = &ledger_state()->audit;
    struct credvault_audit audit = { .next = log->next, .count = audit_count(log) };
    struct credvault_audit_entry entries[CREDVAULT_AUDIT_PAGE];

    (void)session;
    if (!audit_entries(log, audit.count, entries, audit.head) || !sign(call->input, &audit)) {
        return CREDVAULT_INTERNAL;
    }
    memcpy(call->reply, &audit, sizeof(audit));
    memcpy(call->reply + sizeof(audit), entries, audit.count * sizeof(entries[0]));
    call->reply_size = (uint32_t)(sizeof(audit) + audit.count * sizeof(entries[0]));
    return CREDVAULT_SUCCESS;
}
