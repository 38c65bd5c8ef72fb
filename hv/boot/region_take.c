#include "region.h"

uint64_t region_take(struct region *region, uint64_t pages)
{
    uint64_t address = region->next;

    if (pages > (region->base + region->size - address) / PAGE_SIZE) {
        return 0;
    }
    region->next += pages * PAGE_SIZE;
    return address;
}
