/* The verbs about the vault as a whole, and about credentials that are in it. */
#include "vault_console.h"

#include <lib/format.h>
#include <lib/string.h>

#include "vault_log.h"
#include "vault_policy.h"

#define ENTRIES_AT_ONCE 29u /* what a reply holds */
#define NUMBER_MAX      UINT32_MAX

static const char *name_or_number(const struct vault_name *names, uint32_t number)
{
    const char *name = vault_name_of(names, number);

    return name != NULL ? name : "unknown";
}

void vault_verb_info(struct vault_console *console, struct vault_line *line)
{
    struct credvault_info info;

    if (!vault_tell_line_end(console, line) || !vault_tell(console, line, vault_info(&console->client, &info))) {
        return;
    }
    vault_tell_number(console, "version", info.version);
    vault_tell_number(console, "security_version", info.security_version);
    vault_tell_word(console, "root", info.root != 0 ? "tpm" : "boot");
    vault_tell_word(console, "lasting", info.lasting != 0 ? "yes" : "no");
    vault_tell_word(console, "state", info.state == CREDVAULT_OPEN ? "open" : "refused");
    vault_tell_word(console, "reason", console->for_people ? vault_reason_words(info.reason).text : vault_reason_words(info.reason).name);
    vault_tell_number(console, "generation", info.generation);
    vault_tell_number(console, "credentials", info.credentials);
    vault_tell_number(console, "audit_next", info.audit_next);
    vault_tell_number(console, "now", info.now);
    vault_tell_bytes(console, "audit_public_key", info.audit_public_key, sizeof(info.audit_public_key));
}

static void tell_pair(struct vault_console *console, const char *key, uint32_t first, uint32_t second)
{
    char text[32];

    format(text, sizeof(text), "%u/%u", first, second);
    vault_tell_word(console, key, text);
}

static void tell_entry(struct vault_console *console, const struct credvault_entry *entry)
{
    vault_tell_number(console, "credential", entry->credential);
    vault_tell_word(console, "type", name_or_number(vault_types, entry->type));
    vault_tell_text(console, "label", entry->label, entry->label_size);
    vault_tell_set(console, "allow", vault_operations, entry->policy.operations);
    vault_tell_set(console, "flags", vault_flags, entry->policy.flags);
    vault_tell_number(console, "uses", entry->uses);
    vault_tell_number(console, "max_uses", entry->policy.max_uses);
    tell_pair(console, "rate", entry->policy.rate_uses, entry->policy.rate_seconds);
    vault_tell_number(console, "expires", entry->policy.expires);
    vault_tell_number(console, "failures", entry->pin_failures);
    vault_tell_number(console, "tries", entry->policy.pin_tries);
    vault_tell_set(console, "state", vault_states, entry->state);
    vault_tell_number(console, "public", entry->public_key_size);
}

void vault_verb_list(struct vault_console *console, struct vault_line *line)
{
    static struct credvault_entry entries[ENTRIES_AT_ONCE];
    struct vault_result result;
    uint32_t after = 0, total = 0;
    size_t count;

    if (!vault_tell_line_end(console, line)) {
        return;
    }
    do {
        result = vault_list(&console->client, after, entries, ENTRIES_AT_ONCE, &count);
        for (size_t i = 0; i < count; i++) {
            vault_tell_row(console, "vault-entry");
            tell_entry(console, &entries[i]);
            vault_tell_row_end(console);
            after = entries[i].credential;
            total++;
        }
    } while (vault_succeeded(result) && count > 0);
    if (vault_tell(console, line, result)) {
        vault_tell_number(console, "credentials", total);
    }
}

static void tell_audit_entry(void *context, const struct credvault_audit_entry *entry)
{
    struct vault_console *console = context;

    vault_tell_row(console, "vault-audit");
    vault_tell_number(console, "sequence", entry->sequence);
    vault_tell_number(console, "time", entry->time);
    vault_tell_word(console, "command", name_or_number(vault_commands, entry->command));
    vault_tell_number(console, "credential", entry->credential);
    vault_tell_word(console, "status", vault_status_words((struct vault_result){ VAULT_ORIGIN_VAULT, entry->status }).name);
    vault_tell_number(console, "session", entry->session);
    vault_tell_bytes(console, "chain", entry->chain, sizeof(entry->chain));
    vault_tell_row_end(console);
}

/* The challenge of the line, or a random one. False: the answer was told. */
static bool challenge_of(struct vault_console *console, struct vault_line *line, uint8_t challenge[32])
{
    struct vault_bytes given = vault_line_optional_bytes(line, "challenge", 32, 32);

    if (!vault_tell_line_end(console, line)) {
        return false;
    }
    if (given.size == 32) {
        memcpy(challenge, given.at, 32);
    } else if (!console->random(challenge, 32)) {
        vault_tell(console, line, (struct vault_result){ VAULT_ORIGIN_VTL0, VAULT_NO_RANDOM });
        return false;
    }
    return true;
}

static void tell_log(struct vault_console *console, const struct vault_log *log, const uint8_t challenge[32])
{
    vault_tell_word(console, "log", vault_chain_name(log->chain.fault));
    if (log->chain.fault != VAULT_CHAIN_GOOD) {
        vault_tell_number(console, "entry", log->chain.fault_at);
    }
    vault_tell_number(console, "entries", log->entries);
    vault_tell_number(console, "next", log->audit.next);
    vault_tell_bytes(console, "challenge", challenge, 32);
    vault_tell_bytes(console, "head", log->audit.head, sizeof(log->audit.head));
    vault_tell_bytes(console, "signature", log->audit.signature, sizeof(log->audit.signature));
    vault_tell_bytes(console, "public_key", log->public_key, sizeof(log->public_key));
}

void vault_verb_audit(struct vault_console *console, struct vault_line *line)
{
    const struct vault_log_reader reader = { console->read_blob, tell_audit_entry, console };
    struct vault_result result;
    struct vault_log log;
    uint8_t challenge[32];
    bool read;

    if (!challenge_of(console, line, challenge)) {
        return;
    }
    result = vault_log_read(&console->client, &reader, challenge, &log);
    read = vault_succeeded(result);
    if (read && log.chain.fault != VAULT_CHAIN_GOOD) {
        result = (struct vault_result){ VAULT_ORIGIN_VTL0, VAULT_AUDIT_BROKEN };
    }
    vault_tell(console, line, result);
    if (read) {
        tell_log(console, &log, challenge);
    }
}

void vault_verb_reset(struct vault_console *console, struct vault_line *line)
{
    if (!vault_line_yes(line, "confirm")) {
        vault_line_refuse(line, "confirm", VAULT_LINE_MISSING_WORD);
    }
    if (vault_tell_line_end(console, line)) {
        vault_tell(console, line, vault_reset(&console->client));
    }
}

void vault_verb_remove(struct vault_console *console, struct vault_line *line)
{
    uint32_t id = (uint32_t)vault_line_number(line, "id", NUMBER_MAX);

    if (vault_tell_line_end(console, line)) {
        vault_tell(console, line, vault_remove(&console->client, id));
    }
}

void vault_verb_public(struct vault_console *console, struct vault_line *line)
{
    uint8_t bytes[CREDVAULT_MAX_PUBLIC];
    struct vault_room key = { .at = bytes, .capacity = sizeof(bytes) };
    uint32_t id = (uint32_t)vault_line_number(line, "id", NUMBER_MAX);

    if (vault_tell_line_end(console, line) && vault_tell(console, line, vault_public_key(&console->client, id, &key))) {
        vault_tell_bytes(console, "public_key", key.at, key.size);
    }
}

/* Without policy words it shows, with them it restricts. The words are judged before the vault is asked what the policy is. */
void vault_verb_policy(struct vault_console *console, struct vault_line *line)
{
    static const struct credvault_policy any = { 0 };
    uint32_t id = (uint32_t)vault_line_number(line, "id", NUMBER_MAX);
    bool given = vault_policy_given(line);
    struct credvault_entry entry;
    struct vault_result result;

    vault_policy_tighter(line, &any);
    if (!vault_tell_line_end(console, line)) {
        return;
    }
    result = vault_entry(&console->client, id, &entry);
    if (vault_succeeded(result) && given) {
        entry.policy = vault_policy_tighter(line, &entry.policy);
        result = vault_restrict(&console->client, id, &entry.policy);
    }
    if (vault_tell(console, line, result)) {
        tell_entry(console, &entry);
    }
}

void vault_verb_unlock(struct vault_console *console, struct vault_line *line)
{
    uint32_t id = (uint32_t)vault_line_number(line, "id", NUMBER_MAX);
    struct vault_bytes pin = vault_line_bytes(line, "pin", 0, CREDVAULT_MAX_PIN);

    if (vault_tell_line_end(console, line)) {
        vault_tell(console, line, vault_unlock(&console->client, id, pin));
    }
}

void vault_verb_confirm(struct vault_console *console, struct vault_line *line)
{
    uint32_t code = (uint32_t)vault_line_number(line, "code", NUMBER_MAX);

    if (vault_tell_line_end(console, line)) {
        vault_tell(console, line, vault_confirm(&console->client, code));
    }
}

void vault_verb_raw(struct vault_console *console, struct vault_line *line)
{
    static uint8_t bytes[VAULT_DATA_SIZE];
    struct vault_room reply = { .at = bytes, .capacity = sizeof(bytes) };
    uint32_t command = (uint32_t)vault_line_number(line, "command", NUMBER_MAX);
    struct vault_bytes data = vault_line_optional_bytes(line, "data", 0, VAULT_DATA_SIZE);

    if (vault_tell_line_end(console, line) && vault_tell(console, line, vault_raw(&console->client, command, data, &reply))) {
        vault_tell_bytes(console, "reply", reply.at, reply.size);
    }
    secure_zero(bytes, sizeof(bytes));
}
