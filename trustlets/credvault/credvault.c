/* The credential vault as a trustlet: its commands, from the call to who serves it. docs/vault.md says what each does. */
#include <ium/log.h>
#include <ium/text.h>
#include <ium/trustlet.h>
#include <vault_mutant.h>

#include "clock.h"
#include "confirm.h"
#include "ledger.h"
#include "manage.h"
#include "new.h"
#include "pin.h"
#include "seal.h"
#include "use.h"

#define STACK_USED 32768u /* bytes of stack that no command exceeds: half of the manifest's */

_Static_assert((uint32_t)CREDVAULT_UNKNOWN_COMMAND == TRUSTLET_UNKNOWN_COMMAND &&
                   (uint32_t)CREDVAULT_BAD_REQUEST == TRUSTLET_BAD_SIZE,
               "what iumbase answers means the same as what the vault does");

static enum credvault_status weak(struct session *session, struct trustlet_call *call)
{
    (void)session;
    (void)call;
    return CREDVAULT_WEAK;
}

/* Who serves a command. */
static const struct handler {
    uint32_t command;
    bool closed_too; /* it needs no open state */
    enum credvault_status (*serve)(struct session *session, struct trustlet_call *call);
} handlers[] = {
    { CREDVAULT_INFO, true, manage_info },
    { CREDVAULT_RESET, true, manage_reset },
    { CREDVAULT_LIST, false, manage_list },
    { CREDVAULT_PUBLIC_KEY, false, manage_public_key },
    { CREDVAULT_AUDIT, false, manage_audit },
    { CREDVAULT_ADD, false, new_serve },
    { CREDVAULT_GENERATE, false, new_serve },
    { CREDVAULT_IMPORT, false, new_serve },
    { CREDVAULT_REMOVE, false, manage_remove },
    { CREDVAULT_RESTRICT, false, manage_restrict },
    { CREDVAULT_UNLOCK, false, pin_serve },
    { CREDVAULT_CONFIRM, false, confirm_serve },
    { CREDVAULT_NTLMV1, true, weak },
    { CREDVAULT_MSCHAPV2, true, weak },
    { CREDVAULT_RSA_RAW, true, weak },
};

/* What is not in the list is a use: use.c knows those. */
static struct handler handler_of(uint32_t command)
{
    for (size_t i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++) {
        if (handlers[i].command == command) {
            return handlers[i];
        }
    }
    return (struct handler){ .command = command, .serve = use_serve };
}

/* Every function wipes what it knows to be secret; this is for what a compiler spilled beside. */
static __attribute__((noinline)) void wipe_stack(void)
{
    uint8_t used[STACK_USED];

    if (!mutant_is(MUTANT_STACK_KEPT)) {
        secure_zero(used, sizeof(used));
    }
}

static uint32_t epoch; /* the ledger's that sessions' memory is of */

/* A session whose memory is of an earlier state of the vault begins anew. */
static enum credvault_status open_state(void)
{
    enum credvault_status status = ledger_open();

    if (epoch != ledger_epoch()) {
        epoch = ledger_epoch();
        session_forget();
    }
    return status;
}

static enum credvault_status serve_command(struct trustlet_call *call)
{
    struct handler handler = handler_of(call->command);
    enum credvault_status status;

    if (handler.serve == weak) {
        return CREDVAULT_WEAK;
    }
    clock_ask();
    status = open_state();
    return status == CREDVAULT_SUCCESS || handler.closed_too ? handler.serve(session_find(call->session), call) : status;
}

static uint32_t serve(struct trustlet_call *call)
{
    enum credvault_status status = serve_command(call);

    if (status != CREDVAULT_SUCCESS) {
        secure_zero(call->reply, call->reply_capacity);
        call->reply_size = 0;
    }
    wipe_stack();
    return (uint32_t)status;
}

static bool start(void)
{
    bool started = seal_start();

    ledger_start();
    session_start();
    clock_start();
    epoch = ledger_epoch();
    if (!started) {
        ium_print("error: no keys");
    }
    return started;
}

static uint32_t open_session(uint64_t handle, void *state)
{
    (void)state;
    return session_open(handle) ? TRUSTLET_SUCCESS : TRUSTLET_NO_MEMORY;
}

static void close_session(uint64_t handle, void *state)
{
    (void)state;
    session_close(handle);
    wipe_stack();
}

#define NEW_MAX    TRUSTLET_MAX_INPUT
#define AUDIT_ROOM (sizeof(struct credvault_audit) + (CREDVAULT_AUDIT_PAGE - 1) * sizeof(struct credvault_audit_entry))
#define USE(number) { (number), sizeof(uint32_t), TRUSTLET_MAX_INPUT, 0, serve } /* operations[] has the sizes */
#define WEAK(number) { (number), 0, TRUSTLET_MAX_INPUT, 0, serve }

static const struct trustlet_command commands[] = {
    { CREDVAULT_INFO, 0, 0, sizeof(struct credvault_info), serve },
    { CREDVAULT_RESET, sizeof(uint32_t), sizeof(uint32_t), 0, serve },
    { CREDVAULT_LIST, sizeof(uint32_t), sizeof(uint32_t), sizeof(struct credvault_entry), serve },
    { CREDVAULT_PUBLIC_KEY, sizeof(uint32_t), sizeof(uint32_t), CREDVAULT_MAX_PUBLIC, serve },
    { CREDVAULT_AUDIT, sizeof(struct credvault_audit_read), sizeof(struct credvault_audit_read), AUDIT_ROOM, serve },
    { CREDVAULT_ADD, sizeof(struct credvault_new), NEW_MAX, sizeof(struct credvault_added), serve },
    { CREDVAULT_GENERATE, sizeof(struct credvault_new), NEW_MAX, sizeof(struct credvault_added), serve },
    { CREDVAULT_IMPORT, sizeof(struct credvault_new), NEW_MAX, sizeof(struct credvault_added), serve },
    { CREDVAULT_REMOVE, sizeof(uint32_t), sizeof(uint32_t), 0, serve },
    { CREDVAULT_RESTRICT, sizeof(struct credvault_restrict), sizeof(struct credvault_restrict), 0, serve },
    { CREDVAULT_UNLOCK, sizeof(struct credvault_unlock), sizeof(struct credvault_unlock) + CREDVAULT_MAX_PIN, 0, serve },
    { CREDVAULT_CONFIRM, sizeof(uint32_t), sizeof(uint32_t), 0, serve },
    USE(CREDVAULT_NTLMV2),
    USE(CREDVAULT_KERBEROS_PREAUTH),
    USE(CREDVAULT_KERBEROS_AS_REP),
    USE(CREDVAULT_KERBEROS_TGS_REP),
    USE(CREDVAULT_KERBEROS_AUTHENTICATOR),
    USE(CREDVAULT_KERBEROS_CHECKSUM),
    USE(CREDVAULT_HMAC_SHA256),
    USE(CREDVAULT_HOTP),
    USE(CREDVAULT_TOTP),
    USE(CREDVAULT_SIGN),
    USE(CREDVAULT_AGREE),
    USE(CREDVAULT_WRAP),
    WEAK(CREDVAULT_NTLMV1),
    WEAK(CREDVAULT_MSCHAPV2),
    WEAK(CREDVAULT_RSA_RAW),
};

const struct trustlet this_trustlet = {
    .commands = commands,
    .command_count = sizeof(commands) / sizeof(commands[0]),
    .start = start,
    .open = open_session,
    .close = close_session,
};
