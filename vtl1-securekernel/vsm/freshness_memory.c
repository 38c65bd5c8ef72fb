#include <sk/freshness_memory.h>

#include <sk/mutant.h>

#include <stdbool.h>
#include <stddef.h>

#include <lib/string.h>

/* A slot that was reset keeps its generation, so that none comes twice. */
struct slot {
    bool used, set;
    struct freshness_owner owner;
    uint64_t generation;
    uint8_t digest[IUM_FRESHNESS_DIGEST_SIZE];
};

static struct slot slots[FRESHNESS_MEMORY_SLOTS];

static struct slot *find(const struct freshness_owner *owner)
{
    for (unsigned i = 0; i < FRESHNESS_MEMORY_SLOTS; i++) {
        if (slots[i].used && (memcmp(&slots[i].owner, owner, sizeof(*owner)) == 0 || mutant_is(MUTANT_FRESHNESS_SHARED))) {
            return &slots[i];
        }
    }
    return NULL;
}

static struct slot *take(const struct freshness_owner *owner)
{
    for (unsigned i = 0; i < FRESHNESS_MEMORY_SLOTS; i++) {
        if (!slots[i].used) {
            slots[i] = (struct slot){ .used = true, .owner = *owner };
            return &slots[i];
        }
    }
    return NULL;
}

void freshness_memory_get(const struct freshness_owner *owner, struct ium_freshness *freshness)
{
    const struct slot *slot = find(owner);

    if (slot != NULL && slot->set) {
        freshness->state = IUM_FRESHNESS_SET;
        freshness->generation = slot->generation;
        memcpy(freshness->digest, slot->digest, sizeof(freshness->digest));
    }
}

int64_t freshness_memory_set(const struct freshness_owner *owner, const uint8_t digest[IUM_FRESHNESS_DIGEST_SIZE], uint64_t generation)
{
    struct slot *slot = find(owner);

    if (generation != (slot != NULL && slot->set ? slot->generation : 0)) {
        return IUM_BAD_ARGUMENT;
    }
    if (slot == NULL) {
        slot = take(owner);
    }
    if (slot == NULL) {
        return IUM_NO_MEMORY;
    }
    slot->set = true;
    slot->generation++;
    memcpy(slot->digest, digest, sizeof(slot->digest));
    return IUM_SUCCESS;
}

void freshness_memory_reset(const struct freshness_owner *owner)
{
    struct slot *slot = find(owner);

    if (slot != NULL) {
        slot->set = false;
    }
}
