#include "region.h"

#include "firmware.h"
#include "log.h"
#include "memory_map.h"

#include <lib/string.h>

#define LOWEST      (UINT64_C(16) << 20) /* below: what legacy devices, boot loaders and start-up code want for themselves */
#define FREE_RANGES 512u

static uint64_t pick(uint64_t size)
{
    struct range_list list = { firmware_allocate(FREE_RANGES * sizeof(struct hv_range)), 0, FREE_RANGES };
    uint64_t base = 0;

    if (list.ranges == NULL) {
        return 0;
    }
    if (memory_map_read(NULL, &list)) {
        base = ranges_pick_high(&list, size, SIZE_2M, LOWEST, SIZE_4G);
        base = base != 0 ? base : ranges_pick_high(&list, size, SIZE_2M, SIZE_4G, UINT64_MAX);
    }
    firmware_free(list.ranges, FREE_RANGES * sizeof(struct hv_range));
    return base;
}

bool region_reserve(struct region *region, uint64_t size, const char *whose)
{
    EFI_PHYSICAL_ADDRESS address = pick(size);

    if (address == 0 ||
        EFI_ERROR(firmware.services->AllocatePages(AllocateAddress, EfiReservedMemoryType, size / PAGE_SIZE, &address))) {
        log_error("no free piece of memory of %lu KiB for %s", size / 1024, whose);
        return false;
    }
    memset((void *)(uintptr_t)address, 0, size);
    *region = (struct region){ .base = address, .size = size, .next = address };
    return true;
}

void region_give_back(struct region *region)
{
    if (region->size != 0) {
        secure_zero((void *)(uintptr_t)region->base, region->size);
        firmware.services->FreePages(region->base, region->size / PAGE_SIZE);
    }
    *region = (struct region){ 0 };
}
