#include <sk/kernel_space.h>

static gpa_t region_base, image_base;

void *direct_map(gpa_t page)
{
    return (void *)(VTL1_DIRECT_MAP + (page.value - region_base.value));
}

bool direct_map_reaches(gpa_t page)
{
    return page.value - region_base.value + DIRECT_MAP_REACH < 2 * DIRECT_MAP_REACH;
}

gpa_t image_gpa(const void *address)
{
    return gpa_add(image_base, (uint64_t)address - VTL1_KERNEL_BASE);
}

void kernel_space_locate(const struct vtl1_boot_block *block)
{
    region_base = gpa(block->region_base);
    image_base = gpa(block->kernel_base);
}
