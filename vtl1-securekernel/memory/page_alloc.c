#include <sk/page_alloc.h>

#include <lib/string.h>

#include <sk/check.h>
#include <sk/kernel_space.h>

static uint64_t used[REGION_MAX_PAGES / 64]; /* bit set: owned by someone, or not ours */
static gpa_t region_base;
static uint64_t first, last; /* page numbers within the region we may hand out: [first, last) */
static uint64_t hint;
static size_t free_pages;

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
    memset(direct_map(free_base), 0, free_pages << PAGE_SHIFT);
}

bool page_alloc(gpa_t *out)
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

void page_free(gpa_t page)
{
    uint64_t number = (page.value - region_base.value) >> PAGE_SHIFT;

    CHECK(is_page_aligned(page.value) && number >= first && number < last && is_used(number));
    secure_zero(direct_map(page), PAGE_SIZE);
    used[number / 64] &= ~(UINT64_C(1) << number % 64);
    free_pages++;
}

size_t page_count_free(void)
{
    return free_pages;
}
