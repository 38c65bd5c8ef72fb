#include <crypto/signed_image.h>

#include "bytes.h"

static bool same(const uint8_t a[16], const uint8_t b[16])
{
    uint8_t difference = 0;

    for (unsigned i = 0; i < 16; i++) {
        difference |= a[i] ^ b[i];
    }
    return difference == 0;
}

static const struct image_floor *find(const struct image_floor *floors, uint32_t count, const uint8_t identity[16])
{
    for (uint32_t i = 0; i < count; i++) {
        if (same(floors[i].identity, identity)) {
            return &floors[i];
        }
    }
    return NULL;
}

bool image_owner_ok(const struct image_owner *owner)
{
    if (owner->magic != IMAGE_OWNER_MAGIC || owner->version != IMAGE_OWNER_VERSION ||
        owner->floor_count > IMAGE_OWNER_MAX_FLOORS || all_zero(owner->key_hash, sizeof(owner->key_hash))) {
        return false;
    }
    for (uint32_t i = 0; i < owner->floor_count; i++) {
        const struct image_floor *floor = &owner->floors[i];

        if (all_zero(floor->identity, sizeof(floor->identity)) || floor->reserved != 0 ||
            find(owner->floors, i, floor->identity) != NULL) {
            return false;
        }
    }
    return all_zero(owner->floors + owner->floor_count,
                    (IMAGE_OWNER_MAX_FLOORS - owner->floor_count) * sizeof(struct image_floor));
}

uint32_t image_owner_floor(const struct image_owner *owner, const uint8_t identity[16])
{
    const struct image_floor *floor = find(owner->floors, owner->floor_count, identity);

    return floor != NULL ? floor->security_version : 0;
}
