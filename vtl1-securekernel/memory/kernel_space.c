#include <sk/kernel_space.h>

#include <lib/string.h>

#include <sk/mutant.h>
#include <sk/page_alloc.h>
#include <sk/page_table.h>
#include <sk/tlb.h>
#include <sk/x86.h>

/* securekernel.lds */
extern const char image_start[], text_end[], rodata_end[], image_end[];
extern const char hypercall_page[], boot_stack_guard[], boot_stack[];

static gpa_t root;

static uint64_t image_rights(const char *page)
{
    if (page == hypercall_page || page < text_end) {
        return PAGE_KERNEL_RX;
    }
    return page < rodata_end ? PAGE_KERNEL_RO : PAGE_KERNEL_RW;
}

static bool map_image(void)
{
    for (const char *page = image_start; page < image_end; page += PAGE_SIZE) {
        if (page >= boot_stack_guard && page < boot_stack) {
            continue;
        }
        if (!page_table_map(root, (uint64_t)page, image_gpa(page), image_rights(page))) {
            return false;
        }
    }
    return true;
}

/* What must not change in the image must not change through its alias either. */
static uint64_t direct_map_rights(gpa_t page)
{
    bool constant = page.value >= image_gpa(image_start).value && page.value < image_gpa(rodata_end).value;

    if (constant || page.value == image_gpa(hypercall_page).value) {
        return PAGE_KERNEL_RO;
    }
    return PAGE_KERNEL_RW;
}

static bool map_region(const struct vtl1_boot_block *block)
{
    for (uint64_t offset = 0; offset < block->region_size; offset += PAGE_SIZE) {
        gpa_t page = gpa(block->region_base + offset);

        if (!page_table_map(root, VTL1_DIRECT_MAP + offset, page, direct_map_rights(page))) {
            return false;
        }
    }
    return true;
}

/* Every top-level entry that a page of the range needs, should VTL0 give it. */
static bool make_top_entries_of(const struct vtl1_boot_range *range)
{
    uint64_t at = range->base, end = range->base + range->size;

    while (at < end) {
        uint64_t address = (uint64_t)direct_map(gpa(at));

        if (direct_map_reaches(gpa(at)) && page_table_make(root, address) == NULL) {
            return false;
        }
        at += PAGE_TABLE_TOP_REACH - (address & (PAGE_TABLE_TOP_REACH - 1));
    }
    return true;
}

/* The top-level entries of the kernel's half are copied into every later root, so they must all exist from the start. */
static bool make_top_entries(const struct vtl1_boot_block *block)
{
    for (uint32_t i = 0; i < block->ram_range_count; i++) {
        if (!make_top_entries_of(&block->ram[i])) {
            return false;
        }
    }
    return page_table_make(root, KERNEL_STACKS_BASE) != NULL && page_table_make(root, KERNEL_WINDOWS_BASE) != NULL &&
           page_table_make(root, KERNEL_IMAGE_BASE) != NULL;
}

bool kernel_space_build(const struct vtl1_boot_block *block)
{
    return page_alloc_region(&root) && map_image() && map_region(block) && make_top_entries(block);
}

uint64_t *direct_map_entry(gpa_t page)
{
    uint64_t *entry = direct_map_reaches(page) ? page_table_find(root, (uint64_t)direct_map(page)) : NULL;

    return entry != NULL && (*entry & PTE_PRESENT) != 0 ? entry : NULL;
}

bool direct_map_prepare(gpa_t page)
{
    return page_table_make(root, (uint64_t)direct_map(page)) != NULL;
}

void direct_map_add(gpa_t page)
{
    *page_table_find(root, (uint64_t)direct_map(page)) = page.value | PAGE_KERNEL_RW | PTE_GIVEN;
}

void direct_map_remove(gpa_t page)
{
    *direct_map_entry(page) = 0;
    tlb_forget((uint64_t)direct_map(page));
}

gpa_t kernel_space_root(void)
{
    return root;
}

void kernel_space_enter(void)
{
    write_cr3(root.value);
}

bool kernel_space_new_root(gpa_t *out)
{
    const uint64_t *kernel = direct_map(root);
    uint64_t *table;

    if (!page_alloc(out)) {
        return false;
    }
    table = direct_map(*out);
    if (mutant_is(MUTANT_FREED_KEPT)) {
        memset(table, 0, PAGE_SIZE);
    }
    memcpy(table + PAGE_TABLE_KERNEL_INDEX, kernel + PAGE_TABLE_KERNEL_INDEX,
           (512 - PAGE_TABLE_KERNEL_INDEX) * sizeof(*table));
    return true;
}

bool kernel_stack_map(uint32_t processor, unsigned number, uint64_t *top)
{
    /* One page more than the largest stack: the hole below it. */
    uint64_t slot = (KERNEL_STACK_PAGES + 1) * PAGE_SIZE;
    uint64_t base = KERNEL_STACKS_BASE + (processor * KERNEL_STACKS_PER_CPU + number) * slot + PAGE_SIZE;
    unsigned pages = number == 0 ? KERNEL_STACK_PAGES : KERNEL_IST_PAGES;

    for (unsigned i = 0; i < pages; i++) {
        gpa_t page;

        if (!page_alloc(&page) || !page_table_map(root, base + i * PAGE_SIZE, page, PAGE_KERNEL_RW)) {
            return false;
        }
    }
    *top = base + pages * PAGE_SIZE;
    return true;
}

bool kernel_tpm_map(gpa_t page)
{
    return page_table_map(root, KERNEL_TPM_BASE, page, PAGE_KERNEL_DEVICE);
}

bool kernel_window_map(uint32_t processor, uint64_t *address, uint64_t **entry)
{
    *address = KERNEL_WINDOWS_BASE + processor * 2 * PAGE_SIZE;
    *entry = page_table_make(root, *address);
    return *entry != NULL;
}
