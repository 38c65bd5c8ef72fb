#include "slots.h"

#include <stddef.h>

#include <lib/string.h>

static struct slot slots[CREDVAULT_SLOTS];

struct slot *slot_take(uint64_t session, uint32_t *number)
{
    for (uint32_t i = 0; i < CREDVAULT_SLOTS; i++) {
        if (slots[i].session == 0) {
            slots[i].session = session;
            *number = i + 1;
            return &slots[i];
        }
    }
    return NULL;
}

struct slot *slot_find(uint64_t session, uint32_t number)
{
    struct slot *slot;

    if (session == 0 || number == 0 || number > CREDVAULT_SLOTS) {
        return NULL;
    }
    slot = &slots[number - 1];
    return slot->session == session ? slot : NULL;
}

void slot_release(struct slot *slot)
{
    secure_zero(slot, sizeof(*slot));
}

void slot_release_session(uint64_t session)
{
    for (uint32_t i = 0; i < CREDVAULT_SLOTS; i++) {
        if (slots[i].session == session) {
            slot_release(&slots[i]);
        }
    }
}
