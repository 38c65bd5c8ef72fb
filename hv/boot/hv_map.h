/* The hypervisor's address space of hv/layout.h, from its parts. */
#pragma once

#include "elf_image.h"
#include "page_map.h"
#include "region.h"

#define HV_MAP_STACK_PAGES UINT64_C(6) /* of each processor: NMI, double fault, four of the main stack */

struct hv_map_plan {
    const struct elf_image *image;
    uint64_t image_at;          /* system-physical start of the copied image = start of the region */
    uint64_t stacks_at;         /* behind it: HV_MAP_STACK_PAGES for each processor, then what is mapped linearly */
    const struct region *region;
    uint64_t launch_page;
    uint64_t apic_page;
    uint32_t processors;
};

/* Builds the whole map; window_table becomes the address of the table behind HV_VA_WINDOWS. False: out of pages. */
bool hv_map_build(struct page_map *map, const struct hv_map_plan *plan, uint64_t *window_table);
