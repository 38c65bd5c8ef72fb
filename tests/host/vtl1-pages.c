/* The page allocator and the page tables built from it. */
#include "vtl1-arena.h"

#include <string.h>

#include <sk/page_alloc.h>
#include <sk/page_table.h>

static bool is_zero(gpa_t page)
{
    static const uint8_t zero[4096];

    return memcmp(arena + (page.value - ARENA_BASE), zero, sizeof(zero)) == 0;
}

static void all_pages_once_and_zero(void **state)
{
    static bool seen[ARENA_PAGES];
    gpa_t page;

    (void)state;
    memset(seen, 0, sizeof(seen));
    assert_int_equal(page_count_free(), ARENA_PAGES - ARENA_FREE);
    for (unsigned i = 0; i < ARENA_PAGES - ARENA_FREE; i++) {
        uint64_t number;

        assert_true(page_alloc(&page));
        number = (page.value - ARENA_BASE) / PAGE_SIZE;
        assert_in_range(number, ARENA_FREE, ARENA_PAGES - 1);
        assert_false(seen[number]);
        assert_true(is_zero(page));
        seen[number] = true;
    }
    assert_false(page_alloc(&page));
    assert_int_equal(arena[0], 0xEE); /* what lies before free memory was left alone */
}

static void freed_pages_are_wiped_and_come_back(void **state)
{
    gpa_t page, again;

    (void)state;
    while (page_alloc(&page)) {
        memset(arena + (page.value - ARENA_BASE), 0x77, PAGE_SIZE);
    }
    page_free(page);
    assert_true(is_zero(page));
    assert_true(page_alloc(&again));
    assert_int_equal(again.value, page.value);
    assert_false(page_alloc(&again));
}

static void wrong_frees_stop_the_kernel(void **state)
{
    gpa_t page;

    (void)state;
    assert_true(page_alloc(&page));
    page_free(page);
    expect_assert_failure(page_free(page));
    expect_assert_failure(page_free(gpa_add(page, 8)));
    expect_assert_failure(page_free(gpa(ARENA_BASE)));
    expect_assert_failure(page_free(gpa(ARENA_BASE + sizeof(arena))));
    expect_assert_failure(page_free(gpa(0)));
}

static void mapping_and_destroying_gives_every_page_back(void **state)
{
    static const uint64_t addresses[] = { 0x1000, 0x1FF000, 0x200000, 0x40000000, 0x10000000000, 0x7FFFFFFFE000 };
    size_t before = page_count_free();
    gpa_t root, page;

    (void)state;
    assert_true(page_alloc(&root));
    for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
        uint64_t *entry;

        assert_true(page_alloc(&page));
        memset(arena + (page.value - ARENA_BASE), 0x55, PAGE_SIZE);
        assert_true(page_table_map(root, addresses[i], page, PAGE_USER_RW));
        entry = page_table_find(root, addresses[i]);
        assert_non_null(entry);
        assert_int_equal(*entry, page.value | PAGE_USER_RW);
    }
    page_table_destroy_user(root);
    assert_int_equal(page_count_free(), before);
    for (unsigned i = ARENA_FREE; i < ARENA_PAGES; i++) {
        assert_true(is_zero(gpa(ARENA_BASE + i * PAGE_SIZE)));
    }
}

static void rights_of_the_halves_differ_at_every_level(void **state)
{
    gpa_t root, page;
    uint64_t *top;

    (void)state;
    assert_true(page_alloc(&root));
    assert_true(page_alloc(&page));
    assert_true(page_table_map(root, 0x10000000000, page, PAGE_USER_RO));
    assert_true(page_table_map(root, UINT64_C(0xFFFF900000000000), page, PAGE_KERNEL_RW));
    top = (uint64_t *)(arena + (root.value - ARENA_BASE));
    assert_int_not_equal(top[2] & PTE_USER, 0);
    assert_int_equal(top[288] & PTE_USER, 0);
    assert_int_equal(PAGE_KERNEL_RW & PTE_USER, 0);
    /* No page of ours is ever both writable and executable. */
    assert_int_not_equal(PAGE_KERNEL_RW & PTE_NX, 0);
    assert_int_not_equal(PAGE_USER_RW & PTE_NX, 0);
    assert_int_not_equal(PAGE_WINDOW_RW & PTE_NX, 0);
    assert_int_equal(PAGE_KERNEL_RX & PTE_WRITE, 0);
    assert_int_equal(PAGE_USER_RX & PTE_WRITE, 0);
}

static void out_of_memory_is_reported(void **state)
{
    gpa_t root, page;

    (void)state;
    assert_true(page_alloc(&root));
    while (page_count_free() > 2) {
        assert_true(page_alloc(&page));
    }
    assert_false(page_table_map(root, 0x10000000000, page, PAGE_USER_RO)); /* needs three tables */
    assert_null(page_table_find(root, 0x10000000000));
}

static void mapping_twice_stops_the_kernel(void **state)
{
    gpa_t root, page;

    (void)state;
    assert_true(page_alloc(&root));
    assert_true(page_alloc(&page));
    assert_true(page_table_map(root, 0x1000, page, PAGE_USER_RO));
    expect_assert_failure(page_table_map(root, 0x1000, page, PAGE_USER_RO));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(all_pages_once_and_zero, arena_setup),
        cmocka_unit_test_setup(freed_pages_are_wiped_and_come_back, arena_setup),
        cmocka_unit_test_setup(wrong_frees_stop_the_kernel, arena_setup),
        cmocka_unit_test_setup(mapping_and_destroying_gives_every_page_back, arena_setup),
        cmocka_unit_test_setup(rights_of_the_halves_differ_at_every_level, arena_setup),
        cmocka_unit_test_setup(out_of_memory_is_reported, arena_setup),
        cmocka_unit_test_setup(mapping_twice_stops_the_kernel, arena_setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
