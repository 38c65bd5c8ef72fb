#include "vtl1_region.h"

#include "page_map.h"

#include <lib/string.h>

/* AMD64 Architecture Programmer's Manual volume 2, "System Resources": what long mode needs, and protections from the start. */
#define INITIAL_CR0    UINT64_C(0x80010033) /* PG WP NE ET MP PE */
#define INITIAL_CR4    UINT64_C(0x000000A0) /* PGE PAE */
#define INITIAL_EFER   UINT64_C(0x00000D01) /* NXE LMA LME SCE */
#define INITIAL_PAT    UINT64_C(0x0007040600070406)
#define INITIAL_RFLAGS UINT64_C(0x2)

#define CODE_SEGMENT { .limit = 0xFFFFFFFF, .selector = 0x08, .attributes = 0xA09B }
#define DATA_SEGMENT { .limit = 0xFFFFFFFF, .selector = 0x10, .attributes = 0xC093 }
#define TASK_SEGMENT { .limit = 0x67, .attributes = 0x8B }

/* The region's parts on their way into the boot block. */
struct layout {
    struct region *region;
    struct region tables; /* a piece of the region */
    uint64_t image;
    uint64_t stack;
};

static uint64_t pages_for(uint64_t bytes)
{
    return (bytes + PAGE_MASK) / PAGE_SIZE;
}

static struct vtl1_boot_block *block_of(const struct region *region)
{
    return (struct vtl1_boot_block *)(uintptr_t)region->base;
}

static bool add_ram(struct vtl1_boot_block *block, uint64_t base, uint64_t end)
{
    if (end <= base) {
        return true;
    }
    if (block->ram_range_count == VTL1_MAX_RAM_RANGES) {
        return false;
    }
    block->ram[block->ram_range_count++] = (struct vtl1_boot_range){ base, end - base };
    return true;
}

/* RAM without the region: a range that holds the region becomes what is before and what is behind it. */
static bool list_ram(struct vtl1_boot_block *block, const struct range_list *ram)
{
    uint64_t hole = block->region_base;
    uint64_t hole_end = hole + block->region_size;

    for (uint32_t i = 0; i < ram->count; i++) {
        uint64_t base = ram->ranges[i].base;
        uint64_t end = base + ram->ranges[i].size;

        if (!add_ram(block, base, end < hole ? end : hole) || !add_ram(block, base > hole_end ? base : hole_end, end)) {
            return false;
        }
    }
    return true;
}

/* Copies a whole file; its address, or 0 when it does not fit. */
static uint64_t place_file(struct region *region, const struct esp_file *file)
{
    uint64_t address = region_take(region, pages_for(file->size));

    if (address != 0) {
        memcpy((void *)(uintptr_t)address, file->data, file->size);
    }
    return address;
}

static bool place(struct layout *layout, const struct vtl1_files *files, struct vtl1_boot_block *block)
{
    /* Top table; two ranges with two tables each and a last, partly used one; one table for each 2 MiB of the image. */
    uint64_t tables = 1 + 2 * 3 + pages_for(files->image.size) / 512 + 1;
    struct region *region = layout->region;
    uint64_t block_page = region_take(region, 1);
    uint64_t table_pages = region_take(region, tables);
    uint64_t trustlet = UINT64_MAX; /* none */

    layout->image = region_take(region, pages_for(files->image.size));
    if (files->trustlet.size != 0) {
        trustlet = place_file(region, &files->trustlet);
        block->trustlets[block->trustlet_count++] = (struct vtl1_boot_range){ trustlet, files->trustlet.size };
    }
    layout->stack = region_take(region, 1);
    if (block_page == 0 || table_pages == 0 || layout->image == 0 || trustlet == 0 || layout->stack == 0 ||
        region->next == region->base + region->size) {
        return false;
    }
    layout->tables = (struct region){ .base = table_pages, .size = tables * PAGE_SIZE, .next = table_pages };
    elf_image_copy(&files->image, (uint8_t *)(uintptr_t)layout->image);
    return true;
}

static uint64_t take_table(void *self)
{
    return region_take(self, 1);
}

static bool build_map(struct layout *layout, const struct elf_image *image, uint64_t *root)
{
    struct page_map map = { .new_page = take_table, .self = &layout->tables };

    if (!page_map_init(&map) ||
        !page_map_add(&map, VTL1_DIRECT_MAP, layout->region->base, layout->region->size, MAP_RW)) {
        return false;
    }
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];
        uint64_t flags = segment->executable ? MAP_RX : segment->writable ? MAP_RW : MAP_R;
        uint64_t va = elf_segment_page(segment);

        if (!page_map_add(&map, va, layout->image + (va - image->base), elf_segment_pages_size(segment), flags)) {
            return false;
        }
    }
    *root = map.root;
    return true;
}

static struct hv_initial_vp_context initial_context(uint64_t rip, uint64_t rsp, uint64_t cr3)
{
    return (struct hv_initial_vp_context){
        .rip = rip,
        .rsp = rsp,
        .rflags = INITIAL_RFLAGS,
        .cs = CODE_SEGMENT,
        .ds = DATA_SEGMENT,
        .es = DATA_SEGMENT,
        .ss = DATA_SEGMENT,
        .tr = TASK_SEGMENT,
        .efer = INITIAL_EFER,
        .cr0 = INITIAL_CR0,
        .cr3 = cr3,
        .cr4 = INITIAL_CR4,
        .msr_cr_pat = INITIAL_PAT,
    };
}

const char *vtl1_region_fill(struct region *region, const struct vtl1_files *files, const struct range_list *ram,
                             uint32_t processors, const struct image_owner *owner, const struct vtl1_boot_root *root,
                             struct vtl1_entry *entry)
{
    struct vtl1_boot_block *block = block_of(region);
    struct layout layout = { .region = region };
    uint64_t stack_top;
    uint64_t cr3;

    if (!place(&layout, files, block) || !build_map(&layout, &files->image, &cr3)) {
        return "vtl1.memory is too small for the secure kernel and the trustlet";
    }
    block->magic = VTL1_BOOT_MAGIC;
    block->region_base = region->base;
    block->region_size = region->size;
    block->free_base = region->next;
    block->kernel_base = layout.image;
    block->kernel_size = files->image.size;
    block->processor_count = processors;
    block->owner = *owner;
    block->measured = files->measured;
    block->root = *root;
    if (!list_ram(block, ram)) {
        return "RAM is in too many pieces for VTL1's boot block";
    }
    stack_top = VTL1_DIRECT_MAP + (layout.stack - region->base) + PAGE_SIZE;
    *entry = (struct vtl1_entry){ gpa(region->base), initial_context(files->image.entry, stack_top, cr3) };
    return NULL;
}
