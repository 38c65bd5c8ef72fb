/* The audit log is read and checked; then once more with an entry changed, and one left out. */
#include "lsass.h"

#include <lib/string.h>

#include "calls.h"
#include "vault/vault_log.h"

static struct vault_client *const client = &lsass.console.client;

static void ignore(void *context, const struct credvault_audit_entry *entry)
{
    (void)context;
    (void)entry;
}

/* VTL0 keeps the full pages: it changes one bit of the first of them, ... */
static bool read_changed(const char *name, uint8_t *bytes, size_t *size)
{
    bool found = lsass_read_blob(name, bytes, size);

    if (found && *size > offsetof(struct credvault_audit_entry, status)) {
        bytes[offsetof(struct credvault_audit_entry, status)] ^= 1;
    }
    return found;
}

/* ... or leaves its first entry out, the others moved up. */
static bool read_shortened(const char *name, uint8_t *bytes, size_t *size)
{
    const size_t one = sizeof(struct credvault_audit_entry);
    bool found = lsass_read_blob(name, bytes, size);

    if (found && *size > one) {
        memmove(bytes, bytes + one, *size - one);
    }
    return found;
}

static bool read_log(bool (*read_blob)(const char *, uint8_t *, size_t *), uint8_t challenge[32], struct vault_log *log)
{
    const struct vault_log_reader reader = { read_blob, ignore, NULL };

    if (!random_bytes(challenge, 32)) {
        print("error: lsass: the processor gives no random numbers\n");
        return false;
    }
    return lsass_succeeded(vault_log_read(client, &reader, challenge, log), "does not give its audit log");
}

/* So many uses that a page of entries is full and VTL0 has it. */
static bool fill_a_page(void)
{
    struct credvault_info info = { 0 };
    uint8_t tag[32];
    struct vault_result result;

    do {
        result = vault_hmac(client, lsass.check, (struct vault_bytes){ tag, 0 }, tag);
        if (vault_succeeded(result)) {
            result = vault_info(client, &info);
        }
    } while (vault_succeeded(result) && info.audit_next <= CREDVAULT_AUDIT_PAGE + 1);
    return lsass_succeeded(result, "does not go on");
}

static bool verified(void)
{
    struct vault_log log;
    uint8_t challenge[32];

    if (!read_log(lsass_read_blob, challenge, &log)) {
        return false;
    }
    print("@openvsm audit-verified entries=%lu log=%s next=%lu challenge=", log.entries, vault_chain_name(log.chain.fault), log.audit.next);
    print_hex(challenge, sizeof(challenge));
    print(" head=");
    print_hex(log.audit.head, sizeof(log.audit.head));
    print(" signature=");
    print_hex(log.audit.signature, sizeof(log.audit.signature));
    print(" public=");
    print_hex(log.public_key, sizeof(log.public_key));
    print("\n");
    return log.chain.fault == VAULT_CHAIN_GOOD;
}

static bool noticed(const char *name, bool (*read_blob)(const char *, uint8_t *, size_t *), enum vault_chain_fault wanted)
{
    struct vault_log log;
    uint8_t challenge[32];

    if (!read_log(read_blob, challenge, &log)) {
        return false;
    }
    print("@openvsm audit-fault case=%s log=%s entry=%lu\n", name, vault_chain_name(log.chain.fault), log.chain.fault_at);
    if (log.chain.fault != wanted) {
        print("error: lsass: a damaged audit log (%s) was not noticed\n", name);
    }
    return log.chain.fault == wanted;
}

int64_t lsass_demo_audit(char *argument)
{
    (void)argument;
    return fill_a_page() && verified() && noticed("changed", read_changed, VAULT_CHAIN_CHANGED) &&
           noticed("left-out", read_shortened, VAULT_CHAIN_MISSING) ? 0 : 1;
}
