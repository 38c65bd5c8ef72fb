#include "vault_log.h"

#include <lib/format.h>
#include <lib/string.h>

#define BLOB_ROOM 3904u
#define NAME_SIZE 24u

static void take(const struct vault_log_reader *reader, struct vault_log *log, const struct credvault_audit_entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        reader->entry(reader->context, &entries[i]);
        vault_chain_add(&log->chain, &entries[i]);
        log->entries++;
    }
}

static void take_page(const struct vault_log_reader *reader, struct vault_log *log, uint64_t page)
{
    static uint8_t bytes[BLOB_ROOM]; /* one caller at a time, as of the client */
    struct credvault_audit_entry entries[CREDVAULT_AUDIT_PAGE];
    char name[NAME_SIZE];
    size_t size = 0;

    format(name, sizeof(name), "audit-%08x", (uint32_t)page);
    if (!reader->read_blob(name, bytes, &size) || size != sizeof(entries)) {
        vault_chain_missing(&log->chain);
        return;
    }
    memcpy(entries, bytes, sizeof(entries));
    take(reader, log, entries, CREDVAULT_AUDIT_PAGE);
}

struct vault_result vault_log_read(struct vault_client *client, const struct vault_log_reader *reader, const uint8_t challenge[32],
                                   struct vault_log *log)
{
    struct credvault_audit_entry rest[CREDVAULT_AUDIT_PAGE];
    struct credvault_info info;
    struct vault_result result = vault_info(client, &info);

    memset(log, 0, sizeof(*log));
    if (vault_succeeded(result)) {
        result = vault_audit(client, challenge, &log->audit, rest);
    }
    if (!vault_succeeded(result)) {
        return result;
    }
    memcpy(log->public_key, info.audit_public_key, sizeof(log->public_key));
    vault_chain_begin(&log->chain);
    for (uint64_t page = 0; page < (log->audit.next - 1 - log->audit.count) / CREDVAULT_AUDIT_PAGE && log->chain.fault == VAULT_CHAIN_GOOD;
         page++) {
        take_page(reader, log, page);
    }
    take(reader, log, rest, log->audit.count);
    vault_chain_end(&log->chain, &log->audit, challenge, log->public_key);
    return result;
}
