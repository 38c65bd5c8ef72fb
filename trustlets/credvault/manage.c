#include "manage.h"

#include <lib/string.h>

#include "clock.h"
#include "ledger.h"
#include "policy.h"
#include "seal.h"
#include "store.h"

static void tell_state(struct credvault_info *info)
{
    const struct ledger_view view = ledger_view();
    bool open = view.reason == CREDVAULT_REASON_NONE;

    info->lasting = view.lasting;
    info->state = open ? CREDVAULT_OPEN : CREDVAULT_STATE_REFUSED;
    info->reason = view.reason;
    if (open) {
        info->generation = view.generation;
        info->credentials = state_credentials(ledger_state());
        info->audit_next = ledger_state()->audit.next;
    }
}

enum credvault_status manage_info(struct session *session, struct trustlet_call *call)
{
    struct credvault_info info = {
        .version = CREDVAULT_VERSION,
        .security_version = seal_security_version(),
        .root = seal_root(),
        .now = clock_now(),
    };

    (void)session;
    tell_state(&info);
    memcpy(info.audit_public_key, seal_audit_public_key(), sizeof(info.audit_public_key));
    memcpy(call->reply, &info, sizeof(info));
    call->reply_size = sizeof(info);
    return CREDVAULT_SUCCESS;
}

/* What the state that is gone had with VTL0. Its audit log stays there: it is somebody's evidence, and no secret. */
static void delete_blobs(const struct state *old, uint32_t new_generation)
{
    for (uint32_t i = 0; i < CREDVAULT_CREDENTIALS; i++) {
        if (old->rows[i].number != 0) {
            store_delete_credential(old->rows[i].number, old->rows[i].written);
        }
    }
    store_delete_state(new_generation + 1);
}

enum credvault_status manage_reset(struct session *session, struct trustlet_call *call)
{
    static struct state old;
    uint32_t word;
    enum credvault_status status;

    (void)session;
    memcpy(&word, call->input, sizeof(word));
    if (word != CREDVAULT_RESET_WORD) {
        return CREDVAULT_BAD_REQUEST;
    }
    old = *ledger_state(); /* without a row if the vault is closed */
    status = ledger_empty();
    if (status == CREDVAULT_SUCCESS) {
        status = ledger_note(call->session, call->command, 0, CREDVAULT_SUCCESS);
    }
    if (status == CREDVAULT_SUCCESS) {
        status = ledger_commit();
    }
    if (status == CREDVAULT_SUCCESS) {
        session_forget();
        delete_blobs(&old, ledger_view().generation);
    }
    return status;
}

enum credvault_status manage_remove(struct session *session, struct trustlet_call *call)
{
    const struct row *row;
    struct row old;
    struct state *draft;
    uint32_t credential;
    enum credvault_status status;

    (void)session;
    memcpy(&credential, call->input, sizeof(credential));
    row = state_look(ledger_state(), credential);
    if (row == NULL) {
        return CREDVAULT_NO_SUCH_CREDENTIAL;
    }
    old = *row;
    status = ledger_begin(&draft);
    if (status == CREDVAULT_SUCCESS) {
        secure_zero(state_row(draft, credential), sizeof(old));
        status = ledger_note(call->session, call->command, credential, CREDVAULT_SUCCESS);
    }
    if (status == CREDVAULT_SUCCESS) {
        status = ledger_commit();
    }
    if (status == CREDVAULT_SUCCESS) {
        store_delete_credential(old.number, old.written);
    }
    return status;
}

static enum credvault_status check_restrict(const struct row *row, const struct credvault_restrict *wanted)
{
    const struct credvault_policy policy = row != NULL ? policy_of(row) : (struct credvault_policy){ 0 };
    enum credvault_status status;

    if (wanted->reserved != 0) {
        return CREDVAULT_BAD_REQUEST;
    }
    if (row == NULL) {
        return CREDVAULT_NO_SUCH_CREDENTIAL;
    }
    status = policy_is_valid(row->type, &wanted->policy);
    if (status != CREDVAULT_SUCCESS) {
        return status;
    }
    return policy_is_tighter(&policy, &wanted->policy) ? CREDVAULT_SUCCESS : CREDVAULT_LOOSER;
}

enum credvault_status manage_restrict(struct session *session, struct trustlet_call *call)
{
    struct credvault_restrict wanted;
    struct state *draft;
    enum credvault_status status;

    (void)session;
    memcpy(&wanted, call->input, sizeof(wanted));
    status = check_restrict(state_look(ledger_state(), wanted.credential), &wanted);
    if (status == CREDVAULT_SUCCESS) {
        status = ledger_begin(&draft);
    }
    if (status == CREDVAULT_SUCCESS) {
        policy_set(state_row(draft, wanted.credential), &wanted.policy, clock_counted());
        status = ledger_note(call->session, call->command, wanted.credential, CREDVAULT_SUCCESS);
    }
    return status == CREDVAULT_SUCCESS ? ledger_commit() : status;
}
