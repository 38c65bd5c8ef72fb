#include <sk/vtl0_memory.h>

static bool contains(const struct vtl1_boot_range *range, uint64_t page)
{
    return page >= range->base && page - range->base < range->size && range->size - (page - range->base) >= PAGE_SIZE;
}

bool vtl0_page_valid(const struct vtl1_boot_block *block, gpa_t page)
{
    const struct vtl1_boot_range region = { block->region_base, block->region_size };

    /* The block's ranges already leave the region out; the second look costs nothing and does not depend on it. */
    if (!is_page_aligned(page.value) || contains(&region, page.value)) {
        return false;
    }
    for (uint32_t i = 0; i < block->ram_range_count; i++) {
        if (contains(&block->ram[i], page.value)) {
            return true;
        }
    }
    return false;
}
