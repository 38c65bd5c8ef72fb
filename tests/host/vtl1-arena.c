#include "vtl1-arena.h"

#include <stdlib.h>
#include <string.h>

#include <lib/string.h>

#include <sk/check.h>
#include <sk/kernel_space.h>
#include <sk/page_alloc.h>

uint8_t arena[ARENA_PAGES * 4096] __attribute__((aligned(4096)));

void *direct_map(gpa_t page)
{
    assert_in_range(page.value, ARENA_BASE, ARENA_BASE + sizeof(arena) - 1);
    return arena + (page.value - ARENA_BASE);
}

uint64_t arena_entries[ARENA_PAGES];

uint64_t *direct_map_entry(gpa_t page)
{
    uint64_t number = (page.value - ARENA_BASE) >> PAGE_SHIFT;

    return number < ARENA_PAGES && arena_entries[number] != 0 ? &arena_entries[number] : NULL;
}

void secure_zero(void *to, size_t size)
{
    explicit_bzero(to, size);
}

void check_failed(const char *file, int line)
{
    mock_assert(0, "CHECK", file, line);
    abort();
}

int arena_setup(void **state)
{
    (void)state;
    memset(arena, 0xEE, sizeof(arena));
    memset(arena_entries, 0, sizeof(arena_entries));
    page_alloc_init(gpa(ARENA_BASE), sizeof(arena), gpa(ARENA_BASE + ARENA_FREE * PAGE_SIZE));
    return 0;
}
