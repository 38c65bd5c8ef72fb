#include "audit.h"

#include <stddef.h>

#include <lib/string.h>

#include "digest.h"

uint32_t audit_count(const struct audit *audit)
{
    return (uint32_t)((audit->next - 1) % CREDVAULT_AUDIT_PAGE);
}

bool audit_add(struct audit *audit, const struct audit_row *row)
{
    audit->page[audit_count(audit)] = *row;
    audit->next++;
    return audit_count(audit) == 0;
}

/* entry->chain from the one before it. */
static bool link_entry(struct credvault_audit_entry *entry, const uint8_t before[AUDIT_HASH_SIZE])
{
    const struct mac_part parts[] = {
        { before, AUDIT_HASH_SIZE },
        { entry, offsetof(struct credvault_audit_entry, chain) },
    };

    return digest_of(parts, sizeof(parts) / sizeof(parts[0]), entry->chain);
}

bool audit_entries(const struct audit *audit, uint32_t count, struct credvault_audit_entry *entries, uint8_t head[AUDIT_HASH_SIZE])
{
    memcpy(head, audit->before, AUDIT_HASH_SIZE);
    for (uint32_t i = 0; i < count; i++) {
        entries[i] = (struct credvault_audit_entry){
            .sequence = audit->next - count + i,
            .time = audit->page[i].time,
            .command = audit->page[i].command,
            .credential = audit->page[i].credential,
            .status = audit->page[i].status,
            .session = audit->page[i].session,
        };
        if (!link_entry(&entries[i], head)) {
            return false;
        }
        memcpy(head, entries[i].chain, AUDIT_HASH_SIZE);
    }
    return true;
}

uint32_t audit_full_page(const struct audit *audit)
{
    return (uint32_t)((audit->next - 1) / CREDVAULT_AUDIT_PAGE - 1);
}

void audit_turn(struct audit *audit, const uint8_t head[AUDIT_HASH_SIZE])
{
    memcpy(audit->before, head, AUDIT_HASH_SIZE);
    memset(audit->page, 0, sizeof(audit->page));
}

bool audit_is_sound(const struct audit *audit)
{
    static const struct audit_row zero;

    if (audit->next == 0) {
        return false;
    }
    for (uint32_t i = 0; i < CREDVAULT_AUDIT_PAGE; i++) {
        bool used = memcmp(&audit->page[i], &zero, sizeof(zero)) != 0;

        if (used != (i < audit_count(audit))) {
            return false;
        }
    }
    return true;
}
