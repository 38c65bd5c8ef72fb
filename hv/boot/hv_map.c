#include "hv_map.h"

#include <hv/layout.h>

static bool map_image(struct page_map *map, const struct hv_map_plan *plan)
{
    for (uint32_t i = 0; i < plan->image->segment_count; i++) {
        const struct elf_segment *segment = &plan->image->segments[i];
        uint64_t flags = segment->executable ? MAP_RX : segment->writable ? MAP_RW : MAP_R;
        uint64_t va = elf_segment_page(segment);

        if (!page_map_add(map, va, plan->image_at + (va - plan->image->base), elf_segment_pages_size(segment), flags)) {
            return false;
        }
    }
    return true;
}

/* Guard pages are what is left out. */
static bool map_stacks(struct page_map *map, const struct hv_map_plan *plan)
{
    for (uint32_t i = 0; i < plan->processors; i++) {
        uint64_t va = HV_VA_STACKS + i * HV_STACK_STRIDE;
        uint64_t pa = plan->stacks_at + i * HV_MAP_STACK_PAGES * PAGE_SIZE;

        if (!page_map_add(map, va + HV_STACK_NMI_BASE, pa, HV_STACK_NMI_SIZE, MAP_RW) ||
            !page_map_add(map, va + HV_STACK_FAULT_BASE, pa + HV_STACK_NMI_SIZE, HV_STACK_FAULT_SIZE, MAP_RW) ||
            !page_map_add(map, va + HV_STACK_MAIN_BASE, pa + HV_STACK_NMI_SIZE + HV_STACK_FAULT_SIZE, HV_STACK_MAIN_SIZE, MAP_RW)) {
            return false;
        }
    }
    return true;
}
_Static_assert(HV_STACK_NMI_SIZE + HV_STACK_FAULT_SIZE + HV_STACK_MAIN_SIZE == HV_MAP_STACK_PAGES * PAGE_SIZE, "stack pages");

static bool map_region(struct page_map *map, const struct hv_map_plan *plan)
{
    uint64_t start = plan->stacks_at + plan->processors * HV_MAP_STACK_PAGES * PAGE_SIZE;
    uint64_t end = plan->region->base + plan->region->size;

    return page_map_add(map, HV_VA_REGION + (start - plan->region->base), start, end - start, MAP_RW);
}

bool hv_map_build(struct page_map *map, const struct hv_map_plan *plan, uint64_t *window_table)
{
    uint64_t *windows;

    if (!page_map_init(map) || !map_image(map, plan) || !map_stacks(map, plan) || !map_region(map, plan)) {
        return false;
    }
    windows = page_map_table(map, HV_VA_WINDOWS);
    *window_table = (uint64_t)(uintptr_t)windows;
    return windows != NULL && page_map_add(map, HV_VA_APIC, plan->apic_page, PAGE_SIZE, MAP_RW | MAP_UNCACHED) &&
           page_map_add(map, plan->launch_page, plan->launch_page, PAGE_SIZE, MAP_RX);
}
