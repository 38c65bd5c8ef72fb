#include "new.h"

#include <crypto/key_wrap.h>
#include <lib/string.h>

#include "charge.h"
#include "clock.h"
#include "key_material.h"
#include "ledger.h"
#include "pin.h"
#include "policy.h"
#include "record_blob.h"

static struct record made;
static uint8_t unwrapped[CREDVAULT_MAX_SECRET + KEY_WRAP_OVERHEAD];

static enum credvault_status status_of_unwrap(enum crypto_status status)
{
    switch (status) {
    case CRYPTO_OK:
        return CREDVAULT_SUCCESS;
    case CRYPTO_FAILED:
        return CREDVAULT_INTERNAL;
    default:
        return CREDVAULT_REFUSED; /* a size that nobody's wrapping has is as wrong as another key */
    }
}

static enum credvault_status unwrap(const struct new_request *request, const struct record *key, size_t *size)
{
    uint32_t wrapped_size = request->header.secret_size;

    if (request->header.wrapping == CREDVAULT_RFC5649) {
        return status_of_unwrap(key_unwrap_padded(key->secret, key->secret_size, request->secret, wrapped_size, unwrapped, size));
    }
    *size = wrapped_size - KEY_WRAP_OVERHEAD;
    return status_of_unwrap(key_unwrap(key->secret, key->secret_size, request->secret, wrapped_size, unwrapped));
}

/* Using the key that unwraps is a use like any other: charged before it is done. */
static enum credvault_status import(struct session *session, const struct trustlet_call *call, const struct new_request *request)
{
    const struct charge charge = {
        .credential = request->header.wrapped_by,
        .operation = CREDVAULT_ALLOW_UNWRAP,
        .types = POLICY_TYPE(CREDVAULT_SYMMETRIC),
    };
    const struct record *key;
    size_t size = 0;
    enum credvault_status status = charge_permit(session, call, &charge, 1, &key);

    if (status == CREDVAULT_SUCCESS) {
        status = charge_commit(session, call, &charge, 1);
    }
    if (status == CREDVAULT_SUCCESS) {
        status = unwrap(request, key, &size);
    }
    charge_wipe();
    if (status == CREDVAULT_SUCCESS) {
        status = size <= CREDVAULT_MAX_SECRET ? key_material_import(&made, unwrapped, (uint32_t)size) : CREDVAULT_REFUSED;
    }
    secure_zero(unwrapped, sizeof(unwrapped));
    return status;
}

static enum credvault_status make_secret(struct session *session, const struct trustlet_call *call, const struct new_request *request)
{
    switch (call->command) {
    case CREDVAULT_GENERATE:
        return key_material_generate(&made);
    case CREDVAULT_IMPORT:
        return import(session, call, request);
    default:
        return made.type == CREDVAULT_PASSWORD ? key_material_password(&made, request->secret, request->header.secret_size)
                                               : key_material_import(&made, request->secret, request->header.secret_size);
    }
}

/* Everything about the credential but its number, which is the ledger's to give. */
static enum credvault_status make(struct session *session, const struct trustlet_call *call, const struct new_request *request)
{
    const struct credvault_new *header = &request->header;
    enum credvault_status status;

    made.type = header->type;
    made.policy = header->policy;
    made.symmetric = header->symmetric;
    made.label_size = header->label_size;
    memcpy(made.label, request->label, header->label_size);
    status = make_secret(session, call, request);
    if (status == CREDVAULT_SUCCESS && made.type == CREDVAULT_SYMMETRIC) {
        made.symmetric.size = made.secret_size;
        status = policy_takes_size(made.policy.operations, made.secret_size) ? CREDVAULT_SUCCESS : CREDVAULT_REFUSED;
    }
    if (status == CREDVAULT_SUCCESS && header->pin_size != 0) {
        status = pin_set(&made, request->pin, header->pin_size);
    }
    return status;
}

static enum credvault_status commit(const struct trustlet_call *call)
{
    struct state *draft;
    struct row *row;
    enum credvault_status status = ledger_begin(&draft);

    if (status != CREDVAULT_SUCCESS) {
        return status;
    }
    made.credential = draft->next_number++;
    row = state_free_row(draft);
    row->number = made.credential;
    row->type = (uint8_t)made.type;
    row->counter = made.symmetric.counter;
    policy_set(row, &made.policy, clock_counted());
    status = ledger_note(call->session, call->command, made.credential, CREDVAULT_SUCCESS);
    if (status == CREDVAULT_SUCCESS) {
        status = record_store(&made, row);
    }
    return status == CREDVAULT_SUCCESS ? ledger_commit() : status;
}

static void answer(struct trustlet_call *call)
{
    const struct credvault_added added = { .credential = made.credential, .public_key_size = made.public_key_size };

    memcpy(call->reply, &added, sizeof(added));
    memcpy(call->reply + sizeof(added), made.public_key, made.public_key_size);
    call->reply_size = (uint32_t)sizeof(added) + made.public_key_size;
}

static bool has_room(void)
{
    return state_credentials(ledger_state()) < CREDVAULT_CREDENTIALS && ledger_state()->next_number != UINT32_MAX;
}

enum credvault_status new_serve(struct session *session, struct trustlet_call *call)
{
    struct new_request request;
    enum credvault_status status = new_decode(call->command, call->input, call->input_size, call->reply_capacity, &request);

    if (status == CREDVAULT_SUCCESS && !has_room()) {
        status = CREDVAULT_FULL;
    }
    if (status == CREDVAULT_SUCCESS) {
        status = make(session, call, &request);
    }
    if (status == CREDVAULT_SUCCESS) {
        status = commit(call);
    }
    if (status == CREDVAULT_SUCCESS) {
        answer(call);
    }
    secure_zero(&made, sizeof(made));
    return status;
}
