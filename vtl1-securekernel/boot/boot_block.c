#include <sk/boot_block.h>

#include <crypto/signed_image.h>

#include <sk/page_alloc.h>

#define REGION_ALIGNMENT (UINT64_C(2) << 20)
#define REGION_MIN_SIZE  (UINT64_C(4) << 20)

static bool region_ok(const struct vtl1_boot_block *block)
{
    return block->region_base % REGION_ALIGNMENT == 0 && is_page_aligned(block->region_size) &&
           block->region_size >= REGION_MIN_SIZE && block->region_size <= REGION_MAX_PAGES << PAGE_SHIFT &&
           block->region_base + block->region_size > block->region_base;
}

/* Is [base, base + size) inside the region and below limit? */
static bool inside(const struct vtl1_boot_block *block, uint64_t base, uint64_t size, uint64_t limit)
{
    return base >= block->region_base && base < limit && size != 0 && size <= limit - base;
}

static bool trustlets_ok(const struct vtl1_boot_block *block)
{
    if (block->trustlet_count > VTL1_MAX_TRUSTLETS) {
        return false;
    }
    for (uint32_t i = 0; i < block->trustlet_count; i++) {
        if (!inside(block, block->trustlets[i].base, block->trustlets[i].size, block->free_base)) {
            return false;
        }
    }
    return true;
}

/* Sorted, disjoint, not empty, and none touches the region. */
static bool ram_ok(const struct vtl1_boot_block *block)
{
    uint64_t region_end = block->region_base + block->region_size;
    uint64_t end = 0;

    if (block->ram_range_count > VTL1_MAX_RAM_RANGES) {
        return false;
    }
    for (uint32_t i = 0; i < block->ram_range_count; i++) {
        const struct vtl1_boot_range *range = &block->ram[i];

        if (range->size == 0 || range->base + range->size < range->base || range->base < end) {
            return false;
        }
        end = range->base + range->size;
        if (range->base < region_end && end > block->region_base) {
            return false;
        }
    }
    return true;
}

/* A TPM that was measured into gives a secret, and no other does. */
static bool root_ok(const struct vtl1_boot_block *block)
{
    return block->root.from_tpm == (block->measured.tpm_pcrs != 0) && block->root.reserved == 0;
}

bool boot_block_check(const struct vtl1_boot_block *block, uint64_t image_size)
{
    if (block->magic != VTL1_BOOT_MAGIC || !region_ok(block)) {
        return false;
    }
    if (!is_page_aligned(block->free_base) || !is_page_aligned(block->kernel_base) || block->kernel_size < image_size ||
        !inside(block, block->free_base, PAGE_SIZE, block->region_base + block->region_size) ||
        !inside(block, block->kernel_base, block->kernel_size, block->free_base)) {
        return false;
    }
    return block->processor_count >= 1 && block->processor_count <= VTL1_MAX_PROCESSORS && trustlets_ok(block) &&
           ram_ok(block) && image_owner_ok(&block->owner) && root_ok(block);
}
