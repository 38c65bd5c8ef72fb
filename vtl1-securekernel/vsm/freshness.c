#include <sk/freshness.h>

#include <lib/string.h>

#include <sk/freshness_memory.h>
#include <sk/process.h>
#include <sk/reference_time.h>

#define UNITS_A_MILLISECOND 10000u

static struct freshness_owner owner_of(const struct thread *thread)
{
    const struct signed_image_header *image = &thread->process->image;
    struct freshness_owner owner = { .debug = image->flags & SIGNED_IMAGE_DEBUG };

    memcpy(owner.identity, image->identity, sizeof(owner.identity));
    return owner;
}

int64_t freshness_get(struct thread *thread, struct ium_freshness *freshness)
{
    const struct freshness_owner owner = owner_of(thread);

    *freshness = (struct ium_freshness){ .state = IUM_FRESHNESS_NONE, .clock = reference_time() / UNITS_A_MILLISECOND };
    freshness_memory_get(&owner, freshness);
    return IUM_SUCCESS;
}

int64_t freshness_set(struct thread *thread, const uint8_t digest[IUM_FRESHNESS_DIGEST_SIZE], uint64_t generation)
{
    const struct freshness_owner owner = owner_of(thread);

    return freshness_memory_set(&owner, digest, generation);
}

int64_t freshness_reset(struct thread *thread)
{
    const struct freshness_owner owner = owner_of(thread);

    freshness_memory_reset(&owner);
    return IUM_SUCCESS;
}
