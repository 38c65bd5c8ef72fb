/*
 * What the credential vault decodes: each operation's check(), and DER from KDCs, clients and the owners of RSA keys. The first
 * byte says which, the second how much room there is for a reply.
 */
#include <stdlib.h>
#include <string.h>

#include <crypto/psa.h>

#include "der.h"
#include "kerberos_reply.h"
#include "kerberos_request.h"
#include "key_material.h"
#include "key_rsa.h"
#include "operation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HOLDS(condition) ((condition) ? (void)0 : abort())

#define MAX_INPUT 4024u

enum { AS_REPLY = 12, TGS_REPLY, AUTHENTICATOR, RSA_KEY, PASSWORD, KINDS };

static uint8_t heap[64 * 1024] __attribute__((aligned(16)));

/* The answer depends on the request alone: asked twice, it is the same. */
static void check_operation(const struct operation_row *row, const uint8_t *input, uint32_t size, uint32_t capacity)
{
    const struct operation operation = { .session = 1, .input = input, .input_size = size, .reply_capacity = capacity,
                                         .now = UINT64_C(133000000000000000) };
    enum credvault_status status;

    if (size < row->min_input || size > row->max_input || capacity < row->min_reply || row->check == NULL) {
        return;
    }
    status = row->check(&operation);
    HOLDS(status == CREDVAULT_SUCCESS || status == CREDVAULT_BAD_REQUEST);
    HOLDS(row->check(&operation) == status);
}

/* A key that was taken is gone from what is shown, which is as well formed as before. */
static void open_reply(uint8_t *bytes, uint32_t size, enum kerberos_reply_kind kind)
{
    static const uint8_t zeros[KERBEROS_MAX_KEY];
    struct kerberos_reply reply, again;
    size_t key_size;

    if (!kerberos_reply_open(bytes, size, kind, &reply)) {
        return;
    }
    key_size = kerberos_key_size((enum kerberos_type)reply.etype);
    HOLDS(key_size != 0 && reply.key_offset <= size && key_size <= size - reply.key_offset);
    HOLDS(memcmp(bytes + reply.key_offset, zeros, key_size) == 0);
    HOLDS(der_is_whole((struct der){ bytes, size }));
    HOLDS(kerberos_reply_open(bytes, size, kind, &again) && again.key_offset == reply.key_offset && again.etype == reply.etype);
}

static void check_password(const uint8_t *bytes, uint32_t size)
{
    enum credvault_status status = key_material_check_password(bytes, size);

    HOLDS(status == CREDVAULT_SUCCESS || status == CREDVAULT_BAD_REQUEST);
}

static void decode(uint32_t kind, uint8_t *bytes, uint32_t size)
{
    switch (kind) {
    case AS_REPLY: open_reply(bytes, size, KERBEROS_AS_REPLY); break;
    case TGS_REPLY: open_reply(bytes, size, KERBEROS_TGS_REPLY); break;
    case AUTHENTICATOR: HOLDS(kerberos_authenticator_ok(bytes, size, true) || !kerberos_authenticator_ok(bytes, size, false)); break;
    case RSA_KEY: HOLDS(key_rsa_check(bytes, size) != CREDVAULT_INTERNAL); break;
    default: check_password(bytes, size); break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool started;
    uint8_t *copy;

    if (!started) {
        HOLDS(crypto_start(heap, sizeof(heap)) && operation_count == AS_REPLY);
        started = true;
    }
    if (size < 2 || size - 2 > MAX_INPUT) {
        return 0;
    }
    copy = malloc(size - 2 > 0 ? size - 2 : 1);
    memcpy(copy, data + 2, size - 2);
    if (data[0] % KINDS < AS_REPLY) {
        check_operation(operations[data[0] % KINDS], copy, (uint32_t)size - 2, data[1] * 16u);
    } else {
        decode(data[0] % KINDS, copy, (uint32_t)size - 2);
    }
    free(copy);
    return 0;
}
