#include <sk/mutant.h>
#include <sk/page_alloc.h>

#include <lib/string.h>

#include <sk/check.h>
#include <sk/kernel_space.h>
#include <sk/page_table.h>

static uint64_t used[REGION_MAX_PAGES / 64]; /* bit set: owned by someone, or not ours */
static gpa_t region_base;
static uint64_t first, last; /* page numbers within the region we may hand out: [first, last) */
static uint64_t hint;
static size_t free_pages, reserved;

/*
 * Free given pages: the address of the next is in the first word of each, zero
 * in the last. VTL0's memory has no bound of ours, so there is no map of it:
 * PTE_GIVEN and PTE_FREE in a page's own entry of the direct map say what it is.
 */
static gpa_t given;
static size_t given_free;

/* What was in a page is nobody else's. */
static void wipe(gpa_t page)
{
    if (!mutant_is(MUTANT_FREED_KEPT)) {
        secure_zero(direct_map(page), PAGE_SIZE);
    }
}

static bool is_used(uint64_t page)
{
    return (used[page / 64] >> page % 64 & 1) != 0;
}

void page_alloc_init(gpa_t base, uint64_t size, gpa_t free_base)
{
    memset(used, 0, sizeof(used));
    region_base = base;
    first = (free_base.value - base.value) >> PAGE_SHIFT;
    last = size >> PAGE_SHIFT;
    hint = first;
    free_pages = last - first;
    reserved = 0;
    given = gpa(0);
    given_free = 0;
    memset(direct_map(free_base), 0, free_pages << PAGE_SHIFT);
}

void page_alloc_reserve(size_t count)
{
    reserved = count;
}

bool page_alloc_region(gpa_t *out)
{
    if (free_pages == 0) {
        return false;
    }
    while (is_used(hint)) {
        hint = hint + 1 < last ? hint + 1 : first;
    }
    used[hint / 64] |= UINT64_C(1) << hint % 64;
    free_pages--;
    *out = gpa_add(region_base, hint << PAGE_SHIFT);
    return true;
}

bool page_alloc_take(gpa_t *out)
{
    uint64_t *link;

    if (given_free == 0) {
        return false;
    }
    *out = given;
    link = direct_map(given);
    *direct_map_entry(given) &= ~PTE_FREE;
    given = gpa(*link);
    *link = 0;
    given_free--;
    return true;
}

bool page_alloc(gpa_t *out)
{
    return page_alloc_take(out) || (free_pages > reserved && page_alloc_region(out));
}

static void link_given(gpa_t page, uint64_t *entry)
{
    *(uint64_t *)direct_map(page) = given.value;
    *entry |= PTE_FREE;
    given = page;
    given_free++;
}

void page_alloc_give(gpa_t page)
{
    uint64_t *entry = direct_map_entry(page);

    CHECK(entry != NULL && (*entry & (PTE_GIVEN | PTE_FREE)) == PTE_GIVEN);
    link_given(page, entry);
}

static void free_given(gpa_t page)
{
    uint64_t *entry = is_page_aligned(page.value) ? direct_map_entry(page) : NULL;

    CHECK(entry != NULL && (*entry & (PTE_GIVEN | PTE_FREE)) == PTE_GIVEN);
    wipe(page);
    link_given(page, entry);
}

void page_free(gpa_t page)
{
    uint64_t number = (page.value - region_base.value) >> PAGE_SHIFT;

    if (number < first || number >= last) {
        free_given(page);
        return;
    }
    CHECK(is_page_aligned(page.value) && is_used(number));
    wipe(page);
    used[number / 64] &= ~(UINT64_C(1) << number % 64);
    free_pages++;
}

size_t page_count_free(void)
{
    return given_free + (free_pages > reserved ? free_pages - reserved : 0);
}

size_t page_count_given_free(void)
{
    return given_free;
}
