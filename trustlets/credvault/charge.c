#include "charge.h"

#include <lib/string.h>
#include <vault_mutant.h>

#include "clock.h"
#include "confirm.h"
#include "ledger.h"
#include "policy.h"
#include "record_blob.h"

static struct record loaded[CHARGE_MOST];

static const struct row *row_of(uint32_t credential)
{
    return state_look(ledger_state(), credential);
}

/* For good: the time by which it has expired is committed, once, before anybody is told. */
static enum credvault_status keep_expired(const struct row *row)
{
    struct state *draft;
    enum credvault_status status;

    if (ledger_state()->latest >= row->expires) {
        return CREDVAULT_EXPIRED;
    }
    status = ledger_begin(&draft);
    if (status == CREDVAULT_SUCCESS) {
        status = ledger_commit(); /* which puts the clock into the state */
    }
    return status == CREDVAULT_SUCCESS ? CREDVAULT_EXPIRED : status;
}

static enum credvault_status check_one(const struct session *session, const struct charge *charge)
{
    const struct row *row = row_of(charge->credential);
    enum credvault_status status;

    if (row == NULL) {
        return CREDVAULT_NO_SUCH_CREDENTIAL;
    }
    if ((charge->types & POLICY_TYPE(row->type)) == 0) {
        return CREDVAULT_WRONG_TYPE;
    }
    status = policy_check(row, charge->operation, clock_now(), clock_counted());
    if (status == CREDVAULT_EXPIRED) {
        return keep_expired(row);
    }
    if (status == CREDVAULT_SUCCESS && (row->flags & CREDVAULT_POLICY_PIN) != 0 && !session_is_armed(session, row->number) &&
        !mutant_is(MUTANT_PIN_UNNEEDED)) {
        status = CREDVAULT_PIN_REQUIRED;
    }
    return status;
}

/* VTL0 may have added the key that wraps, and know it: who agrees to an export sees under which one. */
static bool needs_confirmation(const struct charge *charges, uint32_t count)
{
    bool needed = false;

    for (uint32_t i = 0; i < count; i++) {
        needed = needed || (charges[i].operation == CREDVAULT_ALLOW_EXPORT && !mutant_is(MUTANT_EXPORT_UNCONFIRMED)) ||
                 ((row_of(charges[i].credential)->flags & CREDVAULT_POLICY_CONFIRM) != 0 && !mutant_is(MUTANT_CONFIRM_UNNEEDED));
    }
    return needed;
}

static enum credvault_status load_all(const struct charge *charges, uint32_t count, const struct record **records)
{
    enum credvault_status status = CREDVAULT_SUCCESS;

    for (uint32_t i = 0; i < count && status == CREDVAULT_SUCCESS; i++) {
        status = record_load(row_of(charges[i].credential), &loaded[i]);
        records[i] = &loaded[i];
    }
    return status;
}

enum credvault_status charge_permit(struct session *session, const struct trustlet_call *call, const struct charge *charges,
                                    uint32_t count, const struct record **records)
{
    enum credvault_status status = CREDVAULT_SUCCESS;

    for (uint32_t i = 0; i < count && status == CREDVAULT_SUCCESS; i++) {
        status = check_one(session, &charges[i]);
    }
    if (status == CREDVAULT_SUCCESS) {
        status = load_all(charges, count, records);
    }
    if (status == CREDVAULT_SUCCESS && needs_confirmation(charges, count)) {
        status = confirm_check(session, call, records, count);
    }
    if (status != CREDVAULT_SUCCESS) {
        charge_wipe();
    }
    return status;
}

/* What allowed this use allows no other. */
static void use_up(struct session *session, const struct charge *charges, uint32_t count, bool confirmed)
{
    for (uint32_t i = 0; i < count && !mutant_is(MUTANT_PIN_FOR_ALL_USES); i++) {
        session_disarm(session, charges[i].credential);
    }
    if (confirmed) {
        confirm_used(session);
    }
}

enum credvault_status charge_commit(struct session *session, const struct trustlet_call *call, const struct charge *charges,
                                    uint32_t count)
{
    bool confirmed = needs_confirmation(charges, count);
    struct state *draft;
    enum credvault_status status = ledger_begin(&draft);

    for (uint32_t i = 0; i < count && status == CREDVAULT_SUCCESS; i++) {
        policy_charge(state_row(draft, charges[i].credential), charges[i].operation, clock_counted());
        status = ledger_note(call->session, call->command, charges[i].credential, CREDVAULT_SUCCESS);
    }
    if (status == CREDVAULT_SUCCESS && confirmed) {
        confirm_settle(draft);
    }
    if (status == CREDVAULT_SUCCESS) {
        status = ledger_commit();
    }
    if (status == CREDVAULT_SUCCESS) {
        use_up(session, charges, count, confirmed);
    }
    return status;
}

void charge_wipe(void)
{
    if (!mutant_is(MUTANT_RECORDS_KEPT)) {
        secure_zero(loaded, sizeof(loaded));
    }
}
