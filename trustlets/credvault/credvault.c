/* The credential vault as a trustlet: start-up, sessions, and requests on their way to vault.c. */
#include <ium/crypto.h>
#include <ium/identity.h>
#include <ium/log.h>
#include <ium/syscalls.h>
#include <ium/text.h>
#include <ium/trustlet.h>

#include "request.h"
#include "slots.h"
#include "vault.h"

_Static_assert((uint32_t)CREDVAULT_UNKNOWN_COMMAND == TRUSTLET_UNKNOWN_COMMAND &&
                   (uint32_t)CREDVAULT_BAD_REQUEST == TRUSTLET_BAD_SIZE,
               "what iumbase answers means the same as what the vault does");

static bool start(void)
{
    static const char purpose[] = "credvault blob";
    uint8_t key[SEALED_BLOB_KEY_SIZE];
    struct ium_identity identity;
    bool started = ium_who_am_i(&identity) && ium_derive_key(purpose, sizeof(purpose) - 1, key) == IUM_SUCCESS &&
                   vault_init(key, identity.identity, identity.security_version);

    secure_zero(key, sizeof(key));
    if (!started) {
        ium_print("error: no key to seal under");
    }
    return started;
}

static void close(uint64_t session, void *state)
{
    (void)state; /* slots appear with LOAD and are one pool of all sessions */
    slot_release_session(session);
}

/* What iumbase has not checked yet, the decoder does: its sizes depend on each other. */
static uint32_t serve(struct trustlet_call *call)
{
    struct vault_request request;
    enum credvault_status status =
        vault_decode(call->command, call->input, call->input_size, call->reply_capacity, &request);

    if (status == CREDVAULT_SUCCESS) {
        status = vault_serve(call->session, &request, call->reply, &call->reply_size);
    }
    return (uint32_t)status;
}

static const struct trustlet_command commands[] = {
    { CREDVAULT_STORE, sizeof(struct credvault_store), TRUSTLET_MAX_INPUT, SEALED_BLOB_SIZE, serve },
    { CREDVAULT_LOAD, 0, TRUSTLET_MAX_INPUT, sizeof(uint32_t), serve }, /* another length is refused as every wrong blob is */
    { CREDVAULT_UNLOAD, sizeof(uint32_t), sizeof(uint32_t), 0, serve },
    { CREDVAULT_NTLMV2, sizeof(struct credvault_ntlmv2), TRUSTLET_MAX_INPUT, sizeof(struct credvault_ntlmv2_reply), serve },
    { CREDVAULT_HMAC_SHA256, sizeof(struct credvault_hmac), TRUSTLET_MAX_INPUT, 32, serve },
};

const struct trustlet this_trustlet = {
    .commands = commands,
    .command_count = sizeof(commands) / sizeof(commands[0]),
    .start = start,
    .close = close,
};
