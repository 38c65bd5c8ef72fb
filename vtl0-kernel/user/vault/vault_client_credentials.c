#include "vault_client.h"

#include <lib/string.h>

#include "vault_exchange.h"

static void put_new(struct vault_client *client, const struct vault_new *new_one, size_t secret_size)
{
    const struct credvault_new header = {
        .type = new_one->type,
        .label_size = (uint16_t)new_one->label.size,
        .pin_size = (uint16_t)new_one->pin.size,
        .secret_size = (uint32_t)secret_size,
        .wrapped_by = new_one->wrapped_by,
        .wrapping = new_one->wrapping,
        .policy = new_one->policy,
        .symmetric = new_one->symmetric,
    };

    request_begin(client);
    request_put(client, &header, sizeof(header));
    request_put_bytes(client, new_one->label);
    request_put_bytes(client, new_one->pin);
    /* Sizes that the header's 16 bits cut are more than a request holds. */
    client->too_long = client->too_long || new_one->label.size > UINT16_MAX || new_one->pin.size > UINT16_MAX;
}

static bool take_added(const struct vault_client *client, struct vault_added *added)
{
    struct credvault_added header;
    size_t size = client->reply_size;

    if (size < sizeof(header)) {
        return false;
    }
    memcpy(&header, client->reply, sizeof(header));
    if (header.credential == 0 || header.public_key_size > CREDVAULT_MAX_PUBLIC || size != sizeof(header) + header.public_key_size) {
        return false;
    }
    added->credential = header.credential;
    added->public_key_size = header.public_key_size;
    memcpy(added->public_key, client->reply + sizeof(header), header.public_key_size);
    return true;
}

static struct vault_result send_new(struct vault_client *client, enum credvault_command command, struct vault_added *added)
{
    struct vault_result result = request_send(client, command);
    bool good = take_added(client, added);

    return reply_end(client, result, good);
}

struct vault_result vault_add(struct vault_client *client, const struct vault_new *new_one, struct vault_added *added)
{
    put_new(client, new_one, new_one->secret.size);
    request_put_bytes(client, new_one->secret);
    return send_new(client, CREDVAULT_ADD, added);
}

struct vault_result vault_add_password(struct vault_client *client, const struct vault_new *new_one, const struct vault_password *password,
                                       struct vault_added *added)
{
    const struct credvault_password header = {
        .user_size = (uint16_t)password->user.size,
        .domain_size = (uint16_t)password->domain.size,
        .password_size = (uint16_t)password->password.size,
        .salt_size = (uint16_t)password->salt.size,
        .iterations_sha1 = password->iterations_sha1,
        .iterations_sha2 = password->iterations_sha2,
    };

    put_new(client, new_one, sizeof(header) + password->user.size + password->domain.size + password->password.size + password->salt.size);
    request_put(client, &header, sizeof(header));
    request_put_bytes(client, password->user);
    request_put_bytes(client, password->domain);
    request_put_bytes(client, password->password);
    request_put_bytes(client, password->salt);
    return send_new(client, CREDVAULT_ADD, added);
}

struct vault_result vault_generate(struct vault_client *client, const struct vault_new *new_one, struct vault_added *added)
{
    put_new(client, new_one, 0);
    return send_new(client, CREDVAULT_GENERATE, added);
}

struct vault_result vault_import(struct vault_client *client, const struct vault_new *new_one, struct vault_added *added)
{
    put_new(client, new_one, new_one->secret.size);
    request_put_bytes(client, new_one->secret);
    return send_new(client, CREDVAULT_IMPORT, added);
}

struct vault_result vault_remove(struct vault_client *client, uint32_t credential)
{
    request_begin(client);
    request_put(client, &credential, sizeof(credential));
    return request_send_for_nothing(client, CREDVAULT_REMOVE);
}

struct vault_result vault_restrict(struct vault_client *client, uint32_t credential, const struct credvault_policy *policy)
{
    const struct credvault_restrict tighter = { .credential = credential, .policy = *policy };

    request_begin(client);
    request_put(client, &tighter, sizeof(tighter));
    return request_send_for_nothing(client, CREDVAULT_RESTRICT);
}

struct vault_result vault_unlock(struct vault_client *client, uint32_t credential, struct vault_bytes pin)
{
    const struct credvault_unlock unlock = { .credential = credential, .pin_size = (uint32_t)pin.size };

    request_begin(client);
    request_put(client, &unlock, sizeof(unlock));
    request_put_bytes(client, pin);
    return request_send_for_nothing(client, CREDVAULT_UNLOCK);
}

struct vault_result vault_confirm(struct vault_client *client, uint32_t code)
{
    request_begin(client);
    request_put(client, &code, sizeof(code));
    return request_send_for_nothing(client, CREDVAULT_CONFIRM);
}
