#include "vault_exchange.h"

#include <lib/string.h>

void request_begin(struct vault_client *client)
{
    client->request_size = 0;
    client->reply_size = 0;
    client->too_long = false;
}

void request_put(struct vault_client *client, const void *bytes, size_t size)
{
    if (size > sizeof(client->request) - client->request_size) {
        client->too_long = true;
        return;
    }
    if (size > 0) {
        memcpy(client->request + client->request_size, bytes, size);
    }
    client->request_size += size;
}

void request_put_bytes(struct vault_client *client, struct vault_bytes bytes)
{
    request_put(client, bytes.at, bytes.size);
}

static struct vault_result exchange(struct vault_client *client, uint32_t command)
{
    struct vault_exchange one = {
        .command = command, .input = client->request, .input_size = client->request_size,
        .output = client->reply, .capacity = sizeof(client->reply),
    };

    if (client->too_long) {
        return (struct vault_result){ VAULT_ORIGIN_VTL0, VAULT_TOO_LONG };
    }
    if (!client->transport(client->context, &one)) {
        return (struct vault_result){ VAULT_ORIGIN_VTL0, VAULT_UNREACHABLE };
    }
    if (one.secure_status != SECURE_STATUS_SUCCESS) {
        return (struct vault_result){ VAULT_ORIGIN_SECURE_KERNEL, one.secure_status };
    }
    if (one.output_size > sizeof(client->reply)) {
        return (struct vault_result){ VAULT_ORIGIN_VTL0, VAULT_REPLY_BAD };
    }
    client->reply_size = one.output_size;
    return (struct vault_result){ VAULT_ORIGIN_VAULT, one.status };
}

struct vault_result request_send(struct vault_client *client, uint32_t command)
{
    struct vault_result result = exchange(client, command);

    secure_zero(client->request, sizeof(client->request));
    client->request_size = 0;
    if (!vault_succeeded(result)) {
        client->reply_size = 0;
    }
    return result;
}

bool reply_is(const struct vault_client *client, void *to, size_t size)
{
    if (client->reply_size != size) {
        return false;
    }
    memcpy(to, client->reply, size);
    return true;
}

bool reply_take(const struct vault_client *client, struct vault_room *room, size_t min)
{
    if (client->reply_size < min || client->reply_size > room->capacity) {
        return false;
    }
    memcpy(room->at, client->reply, client->reply_size);
    room->size = client->reply_size;
    return true;
}

struct vault_result reply_end(struct vault_client *client, struct vault_result result, bool good)
{
    secure_zero(client->reply, sizeof(client->reply));
    client->reply_size = 0;
    if (vault_succeeded(result) && !good) {
        return (struct vault_result){ VAULT_ORIGIN_VTL0, VAULT_REPLY_BAD };
    }
    return result;
}

struct vault_result request_send_for_nothing(struct vault_client *client, uint32_t command)
{
    struct vault_result result = request_send(client, command);

    return reply_end(client, result, client->reply_size == 0);
}
