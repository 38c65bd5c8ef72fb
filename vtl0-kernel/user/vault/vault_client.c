#include "vault_client.h"

#include <lib/string.h>

#include "vault_exchange.h"

#define ENTRY_STATES (CREDVAULT_ENTRY_LOCKED | CREDVAULT_ENTRY_USED_UP | CREDVAULT_ENTRY_EXPIRED)

static bool info_is_good(const struct credvault_info *info)
{
    return info->version == CREDVAULT_VERSION && info->root <= 1 && info->lasting <= 1 && info->state <= CREDVAULT_STATE_REFUSED &&
           info->reason <= CREDVAULT_RECORD_FAILED && info->credentials <= CREDVAULT_CREDENTIALS && info->reserved == 0;
}

struct vault_result vault_info(struct vault_client *client, struct credvault_info *info)
{
    struct credvault_info got;
    struct vault_result result;
    bool good;

    request_begin(client);
    result = request_send(client, CREDVAULT_INFO);
    good = reply_is(client, &got, sizeof(got)) && info_is_good(&got);
    if (good) {
        *info = got;
    }
    return reply_end(client, result, good);
}

struct vault_result vault_reset(struct vault_client *client)
{
    const uint32_t word = CREDVAULT_RESET_WORD;

    request_begin(client);
    request_put(client, &word, sizeof(word));
    return request_send_for_nothing(client, CREDVAULT_RESET);
}

static bool entry_is_good(const struct credvault_entry *entry, uint32_t after)
{
    return entry->credential > after && entry->type >= CREDVAULT_PASSWORD && entry->type < CREDVAULT_TYPE_COUNT &&
           entry->policy.operations != 0 && entry->policy.reserved == 0 && (entry->state & ~(uint32_t)ENTRY_STATES) == 0 &&
           entry->label_size <= CREDVAULT_MAX_LABEL && entry->public_key_size <= CREDVAULT_MAX_PUBLIC; /* 0: its blob is not there */
}

static bool take_entries(const struct vault_client *client, uint32_t after, struct credvault_entry *entries, size_t capacity, size_t *count)
{
    size_t total = client->reply_size / sizeof(*entries);

    if (client->reply_size % sizeof(*entries) != 0) {
        return false;
    }
    for (size_t i = 0; i < total; i++) {
        struct credvault_entry entry;

        memcpy(&entry, client->reply + i * sizeof(entry), sizeof(entry));
        if (!entry_is_good(&entry, after)) {
            return false;
        }
        after = entry.credential;
        if (i < capacity) {
            entries[i] = entry;
        }
    }
    *count = total < capacity ? total : capacity;
    return true;
}

struct vault_result vault_list(struct vault_client *client, uint32_t after, struct credvault_entry *entries, size_t capacity,
                               size_t *count)
{
    struct vault_result result;
    bool good;

    *count = 0;
    request_begin(client);
    request_put(client, &after, sizeof(after));
    result = request_send(client, CREDVAULT_LIST);
    good = take_entries(client, after, entries, capacity, count);
    return reply_end(client, result, good);
}

struct vault_result vault_entry(struct vault_client *client, uint32_t credential, struct credvault_entry *entry)
{
    struct vault_result result;
    size_t count = 0;

    if (credential == 0) {
        return (struct vault_result){ VAULT_ORIGIN_VAULT, CREDVAULT_NO_SUCH_CREDENTIAL };
    }
    result = vault_list(client, credential - 1, entry, 1, &count);
    if (vault_succeeded(result) && (count == 0 || entry->credential != credential)) {
        result.status = CREDVAULT_NO_SUCH_CREDENTIAL;
    }
    return result;
}

struct vault_result vault_public_key(struct vault_client *client, uint32_t credential, struct vault_room *key)
{
    struct vault_result result;
    bool good;

    request_begin(client);
    request_put(client, &credential, sizeof(credential));
    result = request_send(client, CREDVAULT_PUBLIC_KEY);
    good = client->reply_size <= CREDVAULT_MAX_PUBLIC && reply_take(client, key, 1);
    return reply_end(client, result, good);
}

/* As many entries as it says, numbered up to the last one there is. */
static bool take_audit(const struct vault_client *client, struct credvault_audit *audit, struct credvault_audit_entry *entries)
{
    size_t size = client->reply_size;

    if (size < sizeof(*audit)) {
        return false;
    }
    memcpy(audit, client->reply, sizeof(*audit));
    if (audit->count > CREDVAULT_AUDIT_PAGE || size != sizeof(*audit) + audit->count * sizeof(*entries) || audit->reserved != 0 ||
        audit->next <= audit->count) {
        return false;
    }
    memcpy(entries, client->reply + sizeof(*audit), audit->count * sizeof(*entries));
    return true;
}

struct vault_result vault_audit(struct vault_client *client, const uint8_t challenge[32], struct credvault_audit *audit,
                                struct credvault_audit_entry *entries)
{
    struct vault_result result;
    bool good;

    request_begin(client);
    request_put(client, challenge, 32);
    result = request_send(client, CREDVAULT_AUDIT);
    good = take_audit(client, audit, entries);
    return reply_end(client, result, good);
}

struct vault_result vault_raw(struct vault_client *client, uint32_t command, struct vault_bytes data, struct vault_room *reply)
{
    struct vault_result result;
    bool good;

    request_begin(client);
    request_put_bytes(client, data);
    result = request_send(client, command);
    good = reply_take(client, reply, 0);
    return reply_end(client, result, good);
}
