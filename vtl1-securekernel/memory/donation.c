#include <sk/donation.h>

#include <stddef.h>

#include <lib/string.h>

#include <abi/tlfs.h>

#include <sk/check.h>
#include <sk/hypercall.h>
#include <sk/kernel_space.h>
#include <sk/mutant.h>
#include <sk/page_alloc.h>
#include <sk/secure_call.h>
#include <sk/vtl0_memory.h>

/* VTL0 may read, write and execute, in either of its modes (TLFS, "Memory Access Protections"). */
#define EVERY_RIGHT (HV_MAP_GPA_READABLE | HV_MAP_GPA_WRITABLE | HV_MAP_GPA_KERNEL_EXECUTE | HV_MAP_GPA_USER_EXECUTE)

/* kernel_lock: the pages of the call that is served, by their numbers. */
static uint64_t numbers[SECURE_DONATION_MAX];
static uint64_t donated;

bool vtl0_owns(gpa_t page)
{
    return mutant_is(MUTANT_ADDRESSES_UNCHECKED) ||
           (vtl0_page_valid(secure_call_block(), page) && (direct_map_entry(page) == NULL || mutant_is(MUTANT_GIFTS_FORGOTTEN)));
}

static bool listed(uint32_t count, uint64_t number)
{
    for (uint32_t i = 0; i < count; i++) {
        if (numbers[i] == number && !mutant_is(MUTANT_GIFTS_REPEAT)) {
            return true;
        }
    }
    return false;
}

/* Adds a range's pages to the count that numbers has. */
static enum secure_status add_range(const struct secure_range *range, uint32_t *count)
{
    if (range->pages == 0 || range->pages > SECURE_DONATION_MAX - *count) {
        return SECURE_STATUS_BAD_SIZE;
    }
    for (uint64_t i = 0; i < range->pages; i++) {
        gpa_t page = gpa(range->gpa + i * PAGE_SIZE); /* wrapping round ends outside of VTL0's RAM */

        if (!vtl0_owns(page) || !direct_map_reaches(page) || listed(*count, page.value >> PAGE_SHIFT)) {
            return SECURE_STATUS_BAD_MEMORY;
        }
        numbers[(*count)++] = page.value >> PAGE_SHIFT;
    }
    return SECURE_STATUS_SUCCESS;
}

static bool prepare(uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!direct_map_prepare(gpa(numbers[i] << PAGE_SHIFT))) {
            return false;
        }
    }
    return true;
}

static void keep(uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        gpa_t page = gpa(numbers[i] << PAGE_SHIFT);

        direct_map_add(page);
        if (!mutant_is(MUTANT_DONATED_UNWIPED)) {
            memset(direct_map(page), 0, PAGE_SIZE);
        }
        page_alloc_give(page);
    }
    donated += count;
}

enum secure_status donation_take(const struct secure_range *ranges, uint32_t count)
{
    enum secure_status status = count != 0 ? SECURE_STATUS_SUCCESS : SECURE_STATUS_BAD_SIZE;
    uint32_t pages = 0;

    for (uint32_t i = 0; i < count && status == SECURE_STATUS_SUCCESS; i++) {
        status = add_range(&ranges[i], &pages);
    }
    if (status != SECURE_STATUS_SUCCESS) {
        return status;
    }
    if (!prepare(pages)) {
        return SECURE_STATUS_NO_RESOURCES;
    }
    if (hypercall_protect_pages(numbers, pages, mutant_is(MUTANT_DONATED_SHARED) ? EVERY_RIGHT : 0) != HV_STATUS_SUCCESS) {
        /* Some may have gone; all of them were VTL0's without a limit, and are so again. */
        hypercall_protect_pages(numbers, pages, EVERY_RIGHT);
        return SECURE_STATUS_BAD_MEMORY;
    }
    keep(pages);
    return SECURE_STATUS_SUCCESS;
}

/* One page more in the answer. False: it begins a range, and there is no room for one. */
static bool append(gpa_t page, struct secure_range *out, uint32_t *ranges, uint32_t capacity)
{
    struct secure_range *last = *ranges != 0 ? &out[*ranges - 1] : NULL;

    if (last != NULL && last->gpa + last->pages * PAGE_SIZE == page.value) {
        last->pages++;
        return true;
    }
    if (*ranges == capacity) {
        return false;
    }
    out[(*ranges)++] = (struct secure_range){ page.value, 1 };
    return true;
}

uint32_t donation_return(uint64_t wanted, struct secure_range *out, uint32_t capacity)
{
    uint32_t ranges = 0, pages = 0;
    gpa_t page;

    while (pages < wanted && pages < SECURE_DONATION_MAX && page_alloc_take(&page)) {
        if (!append(page, out, &ranges, capacity)) {
            page_alloc_give(page);
            break;
        }
        direct_map_remove(page);
        numbers[pages++] = page.value >> PAGE_SHIFT;
    }
    if (pages != 0) {
        CHECK(hypercall_protect_pages(numbers, pages, EVERY_RIGHT) == HV_STATUS_SUCCESS);
    }
    donated -= pages;
    return ranges;
}

uint64_t donation_pages(void)
{
    return donated;
}
