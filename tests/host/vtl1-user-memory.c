/* A process's mappings: ranges that are checked, rights that hold, pages that come back, translations forgotten. */
#include "vtl1-arena.h"

#include <string.h>

#include <sk/copy.h>
#include <sk/page_alloc.h>
#include <sk/page_table.h>
#include <sk/tlb.h>
#include <sk/user_memory.h>

#define CODE UINT64_C(0x10000000000)
#define DATA UINT64_C(0x10010000000)

static struct process process;
static unsigned forgotten;

void tlb_forget(uint64_t address)
{
    (void)address;
    forgotten++;
}

/* What the memory unit would do, from the process's tables: the host cannot map the process's addresses. */
uint64_t copy_user_fallible(void *to, const void *from, uint64_t size)
{
    (void)to;
    (void)from;
    (void)size;
    return 0;
}

static int setup(void **state)
{
    arena_setup(state);
    memset(&process, 0, sizeof(process));
    assert_true(page_alloc(&process.root));
    forgotten = 0;
    return 0;
}

static void bad_ranges_are_not_mapped(void **state)
{
    static const struct {
        uint64_t base, size;
    } bad[] = {
        { 0, 4096 }, { CODE + 1, 4096 }, { CODE, 4095 }, { CODE, 0 }, { USER_LIMIT, 4096 },
        { USER_LIMIT - 4096, 8192 }, { CODE, UINT64_MAX & ~UINT64_C(0xFFF) }, { UINT64_C(0xFFFFFFFF80000000), 4096 },
        { UINT64_MAX & ~UINT64_C(0xFFF), 4096 }, { CODE, UINT64_C(1) << 46 }, { CODE, (ARENA_PAGES + 1) * 4096 },
    };
    size_t before = page_count_free();

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(user_map(&process, bad[i].base, bad[i].size, IUM_READ));
    }
    assert_int_equal(page_count_free(), before);
    assert_true(user_map(&process, USER_LIMIT - 4096, 4096, IUM_READ));
}

static void overlaps_are_refused(void **state)
{
    (void)state;
    assert_true(user_map(&process, CODE, 4 * 4096, IUM_READ));
    assert_false(user_map(&process, CODE, 4096, IUM_READ));
    assert_false(user_map(&process, CODE + 3 * 4096, 4096, IUM_READ));
    assert_false(user_map(&process, CODE - 4096, 2 * 4096, IUM_READ));
    assert_false(user_map(&process, CODE - 4096, 8 * 4096, IUM_READ));
    assert_true(user_map(&process, CODE - 4096, 4096, IUM_READ));
    assert_true(user_map(&process, CODE + 4 * 4096, 4096, IUM_READ));
}

static void slots_end(void **state)
{
    (void)state;
    for (unsigned i = 0; i < PROCESS_MAPPINGS; i++) {
        assert_true(user_map(&process, CODE + i * 8192, 4096, IUM_READ));
    }
    assert_false(user_map(&process, DATA, 4096, IUM_READ));
    assert_true(user_unmap(&process, CODE, 4096));
    assert_true(user_map(&process, DATA, 4096, IUM_READ));
}

static uint64_t leaf(uint64_t address)
{
    const uint64_t *entry = page_table_find(process.root, address);

    return entry != NULL ? *entry & ~PTE_GPA_MASK : 0;
}

static void rights_reach_the_leaves(void **state)
{
    (void)state;
    assert_true(user_map(&process, CODE, 8192, IUM_READ | IUM_WRITE));
    assert_int_equal(leaf(CODE), PAGE_USER_RW);
    assert_true(user_protect(&process, CODE, 8192, IUM_READ | IUM_EXECUTE));
    assert_int_equal(leaf(CODE), PAGE_USER_RX);
    assert_int_equal(leaf(CODE + 4096), PAGE_USER_RX);
    assert_int_equal(forgotten, 2);
    assert_true(user_protect(&process, CODE, 8192, IUM_READ));
    assert_int_equal(leaf(CODE), PAGE_USER_RO);
    assert_false(user_protect(&process, CODE, 4096, IUM_READ));
    assert_false(user_protect(&process, CODE + 4096, 4096, IUM_READ));
    expect_assert_failure(user_protect(&process, CODE, 8192, IUM_READ | IUM_WRITE | IUM_EXECUTE));
}

static void unmapping_forgets_wipes_and_frees(void **state)
{
    size_t before;

    (void)state;
    assert_true(user_map(&process, CODE, 3 * 4096, IUM_READ | IUM_WRITE));
    before = page_count_free();
    assert_true(user_fill(&process, CODE + 4000, "across a page's end, which user_fill has to see "
                          "and the next page must have the rest of it, all of it, and nothing but it", 120));
    assert_false(user_unmap(&process, CODE, 4096));
    assert_true(user_unmap(&process, CODE, 3 * 4096));
    assert_int_equal(forgotten, 3);
    assert_int_equal(page_count_free(), before + 3);
    assert_int_equal(leaf(CODE), 0);
    assert_false(user_unmap(&process, CODE, 3 * 4096));
}

static void ranges_are_inside_one_mapping_with_the_rights(void **state)
{
    (void)state;
    assert_true(user_map(&process, CODE, 2 * 4096, IUM_READ | IUM_EXECUTE));
    assert_true(user_map(&process, CODE + 2 * 4096, 4096, IUM_READ | IUM_WRITE));
    assert_true(user_range_ok(&process, CODE, 8192, IUM_READ));
    assert_true(user_range_ok(&process, CODE + 8191, 1, IUM_EXECUTE));
    assert_true(user_range_ok(&process, CODE + 8192, 4096, IUM_READ | IUM_WRITE));
    assert_false(user_range_ok(&process, CODE, 8193, IUM_READ)); /* two mappings */
    assert_false(user_range_ok(&process, CODE, 8192, IUM_WRITE));
    assert_false(user_range_ok(&process, CODE + 8192, 4096, IUM_EXECUTE));
    assert_false(user_range_ok(&process, CODE + 3 * 4096, 1, IUM_READ));
    assert_false(user_range_ok(&process, CODE - 1, 1, IUM_READ));
    assert_false(user_range_ok(&process, CODE - 1, 2, IUM_READ));
    assert_false(user_range_ok(&process, CODE, 0, IUM_READ));
    assert_false(user_range_ok(&process, CODE + 1, UINT64_MAX, IUM_READ));
    assert_false(user_range_ok(&process, CODE, UINT64_MAX - CODE + 1, IUM_READ));
    assert_false(user_range_ok(&process, UINT64_MAX, 1, 0));
    assert_false(user_range_ok(&process, 0, 1, 0));
}

static void fills_land_where_the_tables_say(void **state)
{
    static const char text[] = "0123456789abcdef";
    const uint64_t *entry;

    (void)state;
    assert_true(user_map(&process, CODE, 8192, IUM_READ | IUM_EXECUTE));
    assert_true(user_fill(&process, CODE + 4096 - 8, text, 16));
    entry = page_table_find(process.root, CODE);
    assert_memory_equal(arena + ((*entry & PTE_GPA_MASK) - ARENA_BASE) + 4088, text, 8);
    entry = page_table_find(process.root, CODE + 4096);
    assert_memory_equal(arena + ((*entry & PTE_GPA_MASK) - ARENA_BASE), text + 8, 8);
    assert_false(user_fill(&process, CODE + 8192 - 8, text, 16));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(bad_ranges_are_not_mapped, setup),
        cmocka_unit_test_setup(overlaps_are_refused, setup),
        cmocka_unit_test_setup(slots_end, setup),
        cmocka_unit_test_setup(rights_reach_the_leaves, setup),
        cmocka_unit_test_setup(unmapping_forgets_wipes_and_frees, setup),
        cmocka_unit_test_setup(ranges_are_inside_one_mapping_with_the_rights, setup),
        cmocka_unit_test_setup(fills_land_where_the_tables_say, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
