#include <sk/image_window.h>

#include <stdbool.h>

#include <lib/string.h>

#include <abi/image.h>

#include <sk/donation.h>
#include <sk/kernel_space.h>
#include <sk/page_alloc.h>
#include <sk/page_table.h>
#include <sk/tlb.h>
#include <sk/vtl0_memory.h>

/* Not global: another processor's old translations go when it loads CR3, which every start of a process does. */
#define PAGE_IMAGE (PAGE_KERNEL_RO & ~PTE_GLOBAL)

_Static_assert(SIGNED_IMAGE_MAX_SIZE % 4096 == 0, "whole pages");

static uint64_t filled; /* pages */

static uint64_t address_of(uint64_t page)
{
    return KERNEL_IMAGE_BASE + page * PAGE_SIZE;
}

static enum secure_status add_page(gpa_t from)
{
    gpa_t page;

    if (!vtl0_owns(from)) {
        return SECURE_STATUS_BAD_MEMORY;
    }
    if (!page_alloc(&page)) {
        return SECURE_STATUS_NO_RESOURCES;
    }
    if (!page_table_map(kernel_space_root(), address_of(filled), page, PAGE_IMAGE)) {
        page_free(page);
        return SECURE_STATUS_NO_RESOURCES;
    }
    filled++;
    return vtl0_read_page(from, direct_map(page)) ? SECURE_STATUS_SUCCESS : SECURE_STATUS_BAD_MEMORY;
}

static enum secure_status add_range(const struct secure_range *range, uint64_t wanted)
{
    enum secure_status status = SECURE_STATUS_SUCCESS;

    if (range->pages == 0 || range->pages > wanted - filled) {
        return SECURE_STATUS_BAD_MEMORY;
    }
    for (uint64_t i = 0; i < range->pages && status == SECURE_STATUS_SUCCESS; i++) {
        status = add_page(gpa(range->gpa + i * PAGE_SIZE));
    }
    return status;
}

/* VTL0's bytes behind the file's end are nobody's business. */
static void wipe_tail(uint64_t size)
{
    uint64_t used = size % PAGE_SIZE;
    uint64_t *entry = page_table_find(kernel_space_root(), address_of(filled - 1));

    if (used != 0) {
        memset((uint8_t *)direct_map(gpa(*entry & PTE_GPA_MASK)) + used, 0, PAGE_SIZE - used);
    }
}

enum secure_status image_window_fill(const struct secure_range *ranges, uint32_t count, uint64_t size)
{
    uint64_t wanted = page_align_up(size) >> PAGE_SHIFT;
    enum secure_status status = SECURE_STATUS_SUCCESS;

    for (uint32_t i = 0; i < count && status == SECURE_STATUS_SUCCESS; i++) {
        status = add_range(&ranges[i], wanted);
    }
    if (status == SECURE_STATUS_SUCCESS && filled != wanted) {
        status = SECURE_STATUS_BAD_MEMORY;
    }
    if (status != SECURE_STATUS_SUCCESS) {
        image_window_clear();
        return status;
    }
    wipe_tail(size);
    kernel_space_enter();
    return SECURE_STATUS_SUCCESS;
}

const void *image_window(void)
{
    return (const void *)KERNEL_IMAGE_BASE;
}

void image_window_clear(void)
{
    while (filled > 0) {
        uint64_t *entry = page_table_find(kernel_space_root(), address_of(--filled));
        gpa_t page = gpa(*entry & PTE_GPA_MASK);

        *entry = 0;
        tlb_forget(address_of(filled));
        page_free(page);
    }
}
