#include "request.h"

#include <stdbool.h>
#include <stddef.h>

#include <lib/string.h>

#include <crypto/sealed_blob.h>
#include <crypto/text.h>
#include <crypto/vault_hmac.h>

static bool text_ok(const struct vault_request *request)
{
    uint8_t upper[CREDVAULT_MAX_USER];

    return text_ascii_upper(request->user.data, request->user.size, upper) &&
           text_is_utf8(request->domain.data, request->domain.size) &&
           text_is_utf8(request->password.data, request->password.size);
}

static enum credvault_status decode_store(const uint8_t *input, uint32_t size, struct vault_request *request)
{
    struct credvault_store header;

    if (size < sizeof(header)) {
        return CREDVAULT_BAD_REQUEST;
    }
    memcpy(&header, input, sizeof(header));
    if (header.reserved != 0 || header.user_size == 0 || header.user_size > CREDVAULT_MAX_USER ||
        header.domain_size > CREDVAULT_MAX_DOMAIN || header.password_size > CREDVAULT_MAX_PASSWORD ||
        size - sizeof(header) != (uint32_t)header.user_size + header.domain_size + header.password_size) {
        return CREDVAULT_BAD_REQUEST;
    }
    request->user = (struct vault_text){ input + sizeof(header), header.user_size };
    request->domain = (struct vault_text){ request->user.data + header.user_size, header.domain_size };
    request->password = (struct vault_text){ request->domain.data + header.domain_size, header.password_size };
    return text_ok(request) ? CREDVAULT_SUCCESS : CREDVAULT_BAD_REQUEST;
}

static enum credvault_status decode_load(const uint8_t *input, uint32_t size, struct vault_request *request)
{
    request->data = (struct vault_text){ input, size };
    return size == SEALED_BLOB_SIZE ? CREDVAULT_SUCCESS : CREDVAULT_BLOB_REFUSED;
}

static enum credvault_status decode_unload(const uint8_t *input, uint32_t size, struct vault_request *request)
{
    if (size != sizeof(request->slot)) {
        return CREDVAULT_BAD_REQUEST;
    }
    memcpy(&request->slot, input, sizeof(request->slot));
    return CREDVAULT_SUCCESS;
}

static enum credvault_status decode_ntlmv2(const uint8_t *input, uint32_t size, struct vault_request *request)
{
    struct credvault_ntlmv2 header;

    if (size < sizeof(header)) {
        return CREDVAULT_BAD_REQUEST;
    }
    memcpy(&header, input, sizeof(header));
    if (header.client_blob_size != size - sizeof(header) || header.client_blob_size > CREDVAULT_MAX_CLIENT_BLOB) {
        return CREDVAULT_BAD_REQUEST;
    }
    request->slot = header.slot;
    request->server_challenge = input + offsetof(struct credvault_ntlmv2, server_challenge);
    request->data = (struct vault_text){ input + sizeof(header), header.client_blob_size };
    return CREDVAULT_SUCCESS;
}

static enum credvault_status decode_hmac(const uint8_t *input, uint32_t size, struct vault_request *request)
{
    struct credvault_hmac header;

    if (size < sizeof(header)) {
        return CREDVAULT_BAD_REQUEST;
    }
    memcpy(&header, input, sizeof(header));
    if (header.message_size != size - sizeof(header) || header.message_size > CREDVAULT_MAX_MESSAGE) {
        return CREDVAULT_BAD_REQUEST;
    }
    request->slot = header.slot;
    request->data = (struct vault_text){ input + sizeof(header), header.message_size };
    return CREDVAULT_SUCCESS;
}

/* What each command reads and how long its answer is. */
static const struct {
    enum credvault_status (*decode)(const uint8_t *input, uint32_t size, struct vault_request *request);
    uint32_t reply_size;
} commands[] = {
    [CREDVAULT_STORE] = { decode_store, SEALED_BLOB_SIZE },
    [CREDVAULT_LOAD] = { decode_load, sizeof(uint32_t) },
    [CREDVAULT_UNLOAD] = { decode_unload, 0 },
    [CREDVAULT_NTLMV2] = { decode_ntlmv2, sizeof(struct credvault_ntlmv2_reply) },
    [CREDVAULT_HMAC_SHA256] = { decode_hmac, VAULT_HMAC_SIZE },
};

enum credvault_status vault_decode(uint32_t command, const uint8_t *input, uint32_t size, uint32_t capacity,
                                   struct vault_request *out)
{
    struct vault_request request = { .command = command };
    enum credvault_status status;

    if (command >= sizeof(commands) / sizeof(commands[0]) || commands[command].decode == NULL) {
        return CREDVAULT_UNKNOWN_COMMAND;
    }
    if (capacity < commands[command].reply_size) {
        return CREDVAULT_BAD_REQUEST;
    }
    status = commands[command].decode(input, size, &request);
    if (status == CREDVAULT_SUCCESS) {
        *out = request;
    }
    return status;
}
