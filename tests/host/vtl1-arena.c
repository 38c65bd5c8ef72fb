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
    page_alloc_init(gpa(ARENA_BASE), sizeof(arena), gpa(ARENA_BASE + ARENA_FREE * PAGE_SIZE));
    return 0;
}
