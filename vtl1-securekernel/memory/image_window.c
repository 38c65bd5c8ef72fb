#include <sk/image_window.h>

#include <lib/string.h>

#include <abi/image.h>

#include <sk/donation.h>
#include <sk/kernel_space.h>
#include <sk/page_alloc.h>
#include <sk/page_table.h>
#include <sk/tlb.h>
#include <sk/vtl0_memory.h>

/* Not global: another processor's old translations go when it loads CR3, as it does before it goes on with a start. */
#define PAGE_IMAGE (PAGE_KERNEL_RO & ~PTE_GLOBAL)

_Static_assert(SIGNED_IMAGE_MAX_SIZE % 4096 == 0, "whole pages");

static uint64_t filled; /* pages */

static uint64_t address_of(uint64_t page)
{
    return KERNEL_IMAGE_BASE + page * PAGE_SIZE;
}

enum secure_status image_window_add(gpa_t from)
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

void image_window_end_at(uint64_t size)
{
    uint64_t used = size % PAGE_SIZE;
    uint64_t *entry = page_table_find(kernel_space_root(), address_of(filled - 1));

    if (used != 0) {
        memset((uint8_t *)direct_map(gpa(*entry & PTE_GPA_MASK)) + used, 0, PAGE_SIZE - used);
    }
}

const void *image_window(void)
{
    return (const void *)KERNEL_IMAGE_BASE;
}

bool image_window_in_use(void)
{
    return filled != 0;
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
