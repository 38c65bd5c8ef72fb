/* The credential vault as a trustlet: start-up, sessions, and requests on their way to vault.c. */
#include <ium/syscalls.h>
#include <ium/trustlet.h>

#include <lib/string.h>

#include <crypto/psa.h>

#include "request.h"
#include "slots.h"
#include "vault.h"

static bool start_vault(void)
{
    static const char purpose[] = "credvault blob";
    uint8_t key[SEALED_BLOB_KEY_SIZE];
    struct ium_identity identity;
    bool started = ium_get_identity(&identity) == IUM_SUCCESS &&
                   ium_derive_key(purpose, sizeof(purpose) - 1, key) == IUM_SUCCESS &&
                   vault_init(key, identity.identity, identity.security_version);

    secure_zero(key, sizeof(key));
    return started;
}

static bool start(void *heap, size_t heap_size)
{
    if (!crypto_start(heap, heap_size)) {
        ium_print("error: no heap or no randomness for cryptography");
        return false;
    }
    if (!start_vault()) {
        ium_print("error: no key to seal under");
        return false;
    }
    return true;
}

static uint32_t open(uint64_t session)
{
    (void)session; /* slots appear with LOAD */
    return CREDVAULT_SUCCESS;
}

static uint32_t invoke(uint64_t session, uint32_t command, const uint8_t *input, uint32_t input_size,
                       struct trustlet_reply *reply)
{
    struct vault_request request;
    enum credvault_status status = vault_decode(command, input, input_size, reply->capacity, &request);

    if (status == CREDVAULT_SUCCESS) {
        status = vault_serve(session, &request, reply->data, &reply->size);
    }
    return (uint32_t)status;
}

const struct trustlet_operations trustlet = {
    .start = start,
    .open = open,
    .close = slot_release_session,
    .invoke = invoke,
};
