#include "use.h"

#include <lib/string.h>

#include "charge.h"
#include "clock.h"
#include "ledger.h"
#include "operation.h"
#include "policy.h"

static const struct operation_row *find(uint32_t command)
{
    for (uint32_t i = 0; i < operation_count; i++) {
        if (operations[i]->command == command) {
            return operations[i];
        }
    }
    return NULL;
}

static enum credvault_status check(const struct operation_row *row, const struct operation *operation)
{
    if (operation->input_size < row->min_input || operation->input_size > row->max_input ||
        operation->reply_capacity < row->min_reply) {
        return CREDVAULT_BAD_REQUEST;
    }
    return row->check != NULL ? row->check(operation) : CREDVAULT_SUCCESS;
}

/* What the request uses: the credential it begins with, and another one that WRAP wraps. Returns how many. */
static uint32_t charges_of(const struct operation_row *row, const struct operation *operation, struct charge charges[CHARGE_MOST])
{
    struct credvault_wrap wrap;

    charges[0] = (struct charge){ .operation = row->operation, .types = row->types };
    memcpy(&charges[0].credential, operation->input, sizeof(charges[0].credential));
    if (row->command != CREDVAULT_WRAP) {
        return 1;
    }
    memcpy(&wrap, operation->input, sizeof(wrap));
    charges[1] = (struct charge){
        .credential = wrap.target,
        .operation = CREDVAULT_ALLOW_EXPORT,
        .types = POLICY_EXPORTED_TYPES,
    };
    return 2;
}

static enum credvault_status use_credential(const struct operation_row *row, struct session *session, struct trustlet_call *call,
                                            struct operation *operation)
{
    struct charge charges[CHARGE_MOST];
    const struct record *records[CHARGE_MOST] = { NULL };
    uint32_t count = charges_of(row, operation, charges);
    enum credvault_status status = charge_permit(session, call, charges, count, records);

    if (status == CREDVAULT_SUCCESS) {
        operation->record = records[0];
        operation->target = records[1];
        operation->counter = state_look(ledger_state(), charges[0].credential)->counter;
        status = charge_commit(session, call, charges, count);
    }
    if (status == CREDVAULT_SUCCESS) {
        status = row->run(operation);
    }
    charge_wipe();
    return status;
}

/* A session key's use costs its credential nothing, but is noted as one of it. */
static enum credvault_status note(const struct trustlet_call *call, uint32_t credential)
{
    struct state *draft;
    enum credvault_status status = ledger_begin(&draft);

    if (status == CREDVAULT_SUCCESS) {
        status = ledger_note(call->session, call->command, credential, CREDVAULT_SUCCESS);
    }
    return status == CREDVAULT_SUCCESS ? ledger_commit() : status;
}

static enum credvault_status use_key(const struct operation_row *row, struct trustlet_call *call, struct operation *operation)
{
    uint32_t number;
    enum credvault_status status;

    memcpy(&number, call->input, sizeof(number));
    operation->key = session_key_find(call->session, number);
    if (operation->key == NULL) {
        return CREDVAULT_NO_SUCH_KEY;
    }
    status = note(call, operation->key->credential);
    return status == CREDVAULT_SUCCESS ? row->run(operation) : status;
}

static enum credvault_status use(const struct operation_row *row, struct session *session, struct trustlet_call *call,
                                 struct operation *operation)
{
    enum credvault_status status = check(row, operation);

    if (status != CREDVAULT_SUCCESS) {
        return status;
    }
    return row->types != 0 ? use_credential(row, session, call, operation) : use_key(row, call, operation);
}

enum credvault_status use_serve(struct session *session, struct trustlet_call *call)
{
    const struct operation_row *row = find(call->command);
    struct operation operation = {
        .session = call->session,
        .input = call->input,
        .input_size = call->input_size,
        .reply = call->reply,
        .reply_capacity = call->reply_capacity,
        .now = clock_now(),
    };
    enum credvault_status status = row != NULL ? use(row, session, call, &operation) : CREDVAULT_UNKNOWN_COMMAND;

    call->reply_size = operation.reply_size;
    return status;
}
