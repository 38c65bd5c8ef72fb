#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "hv-slat.h"

#include <cmocka.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define END_48        (UINT64_C(1) << 48)

static struct bench bench;
static const uint64_t level_sizes[] = { 0, PAGE_SIZE, SIZE_2M, SIZE_1G };

static int start_1g(void **state)
{
    (void)state;
    bench_start(&bench, 3, 64);
    return 0;
}

static int start_2m(void **state)
{
    (void)state;
    bench_start(&bench, 2, 64);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    bench_stop(&bench);
    return 0;
}

static void map(uint64_t base, uint64_t size, unsigned rights, enum slat_memory memory)
{
    assert_true(slat_map(&bench.slat, gpa(base), size, rights, memory));
}

static void set(uint64_t address, unsigned rights)
{
    assert_true(slat_set_rights(&bench.slat, gpa(address), rights));
}

/* Each page of [base, end) is mapped by the largest page that fits into the range, and nothing around it. */
static void expect_largest_pages(uint64_t base, uint64_t end, unsigned largest)
{
    for (uint64_t address = base; address < end;) {
        unsigned level = largest;
        while (address % level_sizes[level] != 0 || address + level_sizes[level] > end) {
            level--;
        }
        bench_expect(&bench, address, level, SLAT_RX, SLAT_UNCACHED);
        bench_expect(&bench, address + level_sizes[level] - 1, level, SLAT_RX, SLAT_UNCACHED);
        address += level_sizes[level];
    }
    if (base != 0) {
        bench_expect_none(&bench, base - 1);
    }
    bench_expect_none(&bench, end);
}

static void map_at_every_alignment(unsigned largest)
{
    static const uint64_t bases[] = {
        0, PAGE_SIZE, SIZE_2M - PAGE_SIZE, SIZE_2M, SIZE_2M + PAGE_SIZE, SIZE_1G - SIZE_2M, SIZE_1G - PAGE_SIZE, SIZE_1G,
        SIZE_1G + PAGE_SIZE, SIZE_1G + SIZE_2M, 511 * SIZE_1G, 512 * SIZE_1G - PAGE_SIZE,
    };
    static const uint64_t sizes[] = {
        PAGE_SIZE, SIZE_2M - PAGE_SIZE, SIZE_2M, SIZE_2M + PAGE_SIZE, SIZE_1G - SIZE_2M, SIZE_1G - PAGE_SIZE, SIZE_1G,
        SIZE_1G + PAGE_SIZE, SIZE_1G + SIZE_2M, 3 * SIZE_1G + 3 * SIZE_2M + 3 * PAGE_SIZE,
    };

    for (size_t i = 0; i < LENGTH(bases) * LENGTH(sizes); i++) {
        uint64_t base = bases[i / LENGTH(sizes)], size = sizes[i % LENGTH(sizes)];
        bench_stop(&bench);
        bench_start(&bench, largest, 64);
        map(base, size, SLAT_RX, SLAT_UNCACHED);
        expect_largest_pages(base, base + size, largest);
    }
}

static void test_map_uses_largest_pages_1g(void **state)
{
    (void)state;
    map_at_every_alignment(3);
}

static void test_map_uses_largest_pages_2m(void **state)
{
    (void)state;
    map_at_every_alignment(2);
}

static void split_keeps_neighbours(unsigned rights, enum slat_memory memory)
{
    uint64_t page = SIZE_1G + 5 * SIZE_2M + 7 * PAGE_SIZE;
    unsigned changed = rights == SLAT_RW ? SLAT_RX : SLAT_RW;

    map(0, 3 * SIZE_1G, rights, memory);
    set(page + 0x123, changed);
    for (unsigned i = 0; i < 512; i++) {
        bench_expect(&bench, SIZE_1G + 5 * SIZE_2M + i * PAGE_SIZE, 1, i == 7 ? changed : rights, memory);
        if (i != 5) {
            bench_expect(&bench, SIZE_1G + i * SIZE_2M, 2, rights, memory);
        }
    }
    bench_expect(&bench, 0, 3, rights, memory);
    bench_expect(&bench, SIZE_1G - 1, 3, rights, memory);
    bench_expect(&bench, 2 * SIZE_1G, 3, rights, memory);
}

static void test_split_keeps_neighbours(void **state)
{
    static const unsigned rights[] = { SLAT_R, SLAT_RW, SLAT_RX, SLAT_RWX };

    (void)state;
    for (unsigned i = 0; i < 2 * LENGTH(rights); i++) {
        split_keeps_neighbours(rights[i / 2], i % 2 == 0 ? SLAT_WRITE_BACK : SLAT_UNCACHED);
    }
    assert_int_equal(bench_in_use(&bench), 4); /* re-mapping in between lost no table */
}

static void test_split_of_2m(void **state)
{
    (void)state;
    map(0, 4 * SIZE_2M, SLAT_RWX, SLAT_WRITE_BACK);
    set(SIZE_2M, SLAT_R);
    bench_expect(&bench, SIZE_2M - 1, 2, SLAT_RWX, SLAT_WRITE_BACK);
    bench_expect(&bench, SIZE_2M, 1, SLAT_R, SLAT_WRITE_BACK);
    bench_expect(&bench, SIZE_2M + PAGE_SIZE, 1, SLAT_RWX, SLAT_WRITE_BACK);
    bench_expect(&bench, 2 * SIZE_2M, 2, SLAT_RWX, SLAT_WRITE_BACK);
}

static void test_no_rights_is_a_zero_entry(void **state)
{
    (void)state;
    map(0, SIZE_1G, SLAT_RWX, SLAT_WRITE_BACK);
    set(SIZE_2M, SLAT_NONE);
    assert_int_equal(bench_look(&bench, SIZE_2M).entry, 0);
    assert_int_equal(bench_look(&bench, SIZE_2M).level, 1);
    bench_expect(&bench, SIZE_2M - PAGE_SIZE, 2, SLAT_RWX, SLAT_WRITE_BACK);
    bench_expect(&bench, SIZE_2M + PAGE_SIZE, 1, SLAT_RWX, SLAT_WRITE_BACK);
    set(SIZE_2M, SLAT_RW);
    bench_expect(&bench, SIZE_2M, 1, SLAT_RW, SLAT_WRITE_BACK);
}

/* The pages before, at and after each boundary, each taken away alone. */
static void test_boundary_pages(void **state)
{
    static const uint64_t boundaries[] = { SIZE_2M, 2 * SIZE_2M, SIZE_1G, SIZE_1G + SIZE_2M, 2 * SIZE_1G };

    (void)state;
    for (unsigned i = 0; i < 3 * LENGTH(boundaries); i++) {
        uint64_t page = boundaries[i / 3] + (i % 3) * PAGE_SIZE - PAGE_SIZE;
        map(0, 3 * SIZE_1G, SLAT_RWX, SLAT_WRITE_BACK);
        set(page, SLAT_NONE);
        bench_expect_none(&bench, page);
        bench_expect_none(&bench, page + PAGE_SIZE - 1);
        assert_int_equal(bench_look(&bench, page - 1).rights, SLAT_RWX);
        assert_int_equal(bench_look(&bench, page + PAGE_SIZE).rights, SLAT_RWX);
    }
}

static void test_remap_gives_tables_back(void **state)
{
    (void)state;
    map(0, 2 * SIZE_1G, SLAT_RWX, SLAT_WRITE_BACK);
    uint64_t before = bench_in_use(&bench);
    for (unsigned i = 0; i < 20; i++) {
        set(i * (SIZE_2M + PAGE_SIZE), SLAT_R);
        set(SIZE_1G + i * (SIZE_2M + PAGE_SIZE), SLAT_NONE);
    }
    assert_int_equal(bench_in_use(&bench), before + 2 + 40);
    map(0, SIZE_1G, SLAT_RW, SLAT_UNCACHED);
    assert_int_equal(bench_in_use(&bench), before + 21);
    bench_expect(&bench, SIZE_2M + PAGE_SIZE, 3, SLAT_RW, SLAT_UNCACHED);
    map(SIZE_1G, 20 * SIZE_2M, SLAT_RW, SLAT_UNCACHED);
    assert_int_equal(bench_in_use(&bench), before + 1);
    bench_expect(&bench, SIZE_1G + SIZE_2M + PAGE_SIZE, 2, SLAT_RW, SLAT_UNCACHED);
    bench_expect(&bench, SIZE_1G + 20 * SIZE_2M, 2, SLAT_RWX, SLAT_WRITE_BACK);
}

static void test_unmap(void **state)
{
    (void)state;
    map(0, 3 * SIZE_1G, SLAT_RWX, SLAT_WRITE_BACK);
    map(SIZE_1G - PAGE_SIZE, SIZE_1G + 2 * PAGE_SIZE, SLAT_NONE, SLAT_WRITE_BACK);
    assert_int_equal(bench_look(&bench, SIZE_1G - PAGE_SIZE - 1).rights, SLAT_RWX);
    bench_expect_none(&bench, SIZE_1G - PAGE_SIZE);
    bench_expect_none(&bench, SIZE_1G);
    bench_expect_none(&bench, 2 * SIZE_1G);
    assert_int_equal(bench_look(&bench, 2 * SIZE_1G + PAGE_SIZE).rights, SLAT_RWX);
}

static void test_unmapping_a_hole_takes_no_pages(void **state)
{
    (void)state;
    map(PAGE_SIZE, 600 * SIZE_1G, SLAT_NONE, SLAT_WRITE_BACK);
    assert_true(slat_set_rights(&bench.slat, gpa(5 * SIZE_1G), SLAT_NONE));
    assert_int_equal(bench_in_use(&bench), 1);
}

static void test_same_rights_do_not_split(void **state)
{
    (void)state;
    map(0, SIZE_1G, SLAT_RX, SLAT_WRITE_BACK);
    set(SIZE_2M, SLAT_RX);
    bench_expect(&bench, SIZE_2M, 3, SLAT_RX, SLAT_WRITE_BACK);
    assert_int_equal(bench_in_use(&bench), 2);
}

static void test_rights_in_a_hole(void **state)
{
    (void)state;
    map(0, SIZE_1G, SLAT_RWX, SLAT_UNCACHED);
    set(SIZE_1G + PAGE_SIZE, SLAT_RX);
    bench_expect(&bench, SIZE_1G + PAGE_SIZE, 1, SLAT_RX, SLAT_WRITE_BACK);
    bench_expect_none(&bench, SIZE_1G);
    bench_expect_none(&bench, SIZE_1G + 2 * PAGE_SIZE);
    bench_expect_none(&bench, SIZE_1G + SIZE_2M);
    set(700 * SIZE_1G, SLAT_R);
    bench_expect(&bench, 700 * SIZE_1G, 1, SLAT_R, SLAT_WRITE_BACK);
    bench_expect(&bench, 0, 3, SLAT_RWX, SLAT_UNCACHED);
}

/* With fewer pages left than a split needs, not one byte of the tables changes. */
static void exhausted_set_rights(uint64_t address, unsigned left)
{
    bench_stop(&bench);
    bench_start(&bench, 3, 2 + left);
    map(0, SIZE_1G, SLAT_RWX, SLAT_UNCACHED);
    assert_int_equal(bench_in_use(&bench), 2);
    uint8_t before[2 * PAGE_SIZE];
    memcpy(before, bench.memory, sizeof(before));
    assert_false(slat_set_rights(&bench.slat, gpa(address), SLAT_R));
    assert_memory_equal(before, bench.memory, sizeof(before));
    assert_int_equal(bench_in_use(&bench), 2);
    bench_expect(&bench, 0, 3, SLAT_RWX, SLAT_UNCACHED);
    for (unsigned i = 0; i < left; i++) { /* the pages left are usable, and zero */
        uint64_t *page = page_pool_get(&bench.pool);
        assert_non_null(page);
        assert_int_equal(page[0], 0);
    }
    assert_null(page_pool_get(&bench.pool));
}

static void test_exhausted_set_rights_changes_nothing(void **state)
{
    (void)state;
    exhausted_set_rights(SIZE_2M, 0);            /* split of 1 GiB: two tables */
    exhausted_set_rights(SIZE_2M, 1);
    exhausted_set_rights(SIZE_1G, 1);            /* empty 1 GiB entry: two */
    exhausted_set_rights(600 * SIZE_1G, 0);      /* empty top entry: three */
    exhausted_set_rights(600 * SIZE_1G, 1);
    exhausted_set_rights(600 * SIZE_1G, 2);
}

static void test_exhausted_pool_still_serves_what_needs_none(void **state)
{
    (void)state;
    bench_stop(&bench);
    bench_start(&bench, 3, 4);
    map(0, SIZE_1G, SLAT_RWX, SLAT_WRITE_BACK);
    set(0, SLAT_R);
    assert_null(page_pool_get(&bench.pool));
    set(PAGE_SIZE, SLAT_NONE);
    set(511 * PAGE_SIZE, SLAT_RX);
    assert_false(slat_set_rights(&bench.slat, gpa(SIZE_2M), SLAT_R));
    bench_expect(&bench, 0, 1, SLAT_R, SLAT_WRITE_BACK);
    bench_expect_none(&bench, PAGE_SIZE);
    bench_expect(&bench, 511 * PAGE_SIZE, 1, SLAT_RX, SLAT_WRITE_BACK);
    bench_expect(&bench, SIZE_2M, 2, SLAT_RWX, SLAT_WRITE_BACK);
}

static void test_exhausted_map(void **state)
{
    (void)state;
    bench_stop(&bench);
    bench_start(&bench, 3, 3);
    assert_false(slat_map(&bench.slat, gpa(SIZE_1G - SIZE_2M), SIZE_2M + PAGE_SIZE, SLAT_RW, SLAT_WRITE_BACK));
    bench_expect(&bench, SIZE_1G - SIZE_2M, 2, SLAT_RW, SLAT_WRITE_BACK); /* what was mapped by then stays */
    bench_expect_none(&bench, SIZE_1G);
}

static void test_no_root(void **state)
{
    struct slat other;

    (void)state;
    while (page_pool_get(&bench.pool) != NULL) {
    }
    assert_false(slat_init(&other, bench.slat.format, &bench.pool));
}

static void test_bad_ranges_are_refused(void **state)
{
    static const struct { uint64_t base, size; unsigned rights; } rows[] = {
        { END_48, PAGE_SIZE, SLAT_R },
        { END_48 - PAGE_SIZE, 2 * PAGE_SIZE, SLAT_R },
        { UINT64_MAX - PAGE_MASK, PAGE_SIZE, SLAT_R },
        { UINT64_MAX - PAGE_MASK, 2 * PAGE_SIZE, SLAT_R },      /* wraps to 0x1000 */
        { PAGE_SIZE, UINT64_MAX - PAGE_MASK, SLAT_R },          /* wraps to 0 */
        { 2 * PAGE_SIZE, UINT64_MAX - PAGE_MASK, SLAT_NONE },
        { 0, END_48 + PAGE_SIZE, SLAT_NONE },
        { 1, PAGE_SIZE, SLAT_R },
        { 0x800, PAGE_SIZE, SLAT_R },
        { 0, PAGE_SIZE + 1, SLAT_R },
        { 0, 1, SLAT_NONE },
        { 0, PAGE_SIZE, SLAT_W },
        { 0, PAGE_SIZE, SLAT_X },
        { 0, PAGE_SIZE, SLAT_W | SLAT_X },
        { 0, PAGE_SIZE, SLAT_KX },
        { 0, PAGE_SIZE, SLAT_R | SLAT_KX },
        { 0, PAGE_SIZE, SLAT_R | SLAT_UX },     /* needs a format that tells the modes apart */
        { 0, PAGE_SIZE, SLAT_RW | SLAT_UX },
        { 0, PAGE_SIZE, SLAT_UX },
        { 0, PAGE_SIZE, 16 },
        { 0, PAGE_SIZE, 16 | SLAT_R },
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        assert_false(slat_map(&bench.slat, gpa(rows[i].base), rows[i].size, rows[i].rights, SLAT_WRITE_BACK));
    }
    assert_int_equal(bench_in_use(&bench), 1);
}

static void test_bad_pages_are_refused(void **state)
{
    static const uint64_t addresses[] = { END_48, END_48 + PAGE_SIZE, UINT64_MAX };
    static const unsigned rights[] = { SLAT_W, SLAT_X, SLAT_W | SLAT_X, SLAT_R | SLAT_KX, SLAT_R | SLAT_UX, 16, 16 | SLAT_R };

    (void)state;
    map(0, SIZE_1G, SLAT_RWX, SLAT_WRITE_BACK);
    for (size_t i = 0; i < LENGTH(addresses); i++) {
        assert_false(slat_set_rights(&bench.slat, gpa(addresses[i]), SLAT_R));
        assert_false(slat_set_rights(&bench.slat, gpa(addresses[i]), SLAT_NONE));
        assert_int_equal(slat_get_rights(&bench.slat, gpa(addresses[i])), SLAT_NONE);
    }
    for (size_t i = 0; i < LENGTH(rights); i++) {
        assert_false(slat_set_rights(&bench.slat, gpa(0), rights[i]));
    }
    bench_expect(&bench, 0, 3, SLAT_RWX, SLAT_WRITE_BACK);
}

static void test_last_page(void **state)
{
    (void)state;
    map(END_48 - PAGE_SIZE, PAGE_SIZE, SLAT_RW, SLAT_UNCACHED);
    bench_expect(&bench, END_48 - 1, 1, SLAT_RW, SLAT_UNCACHED);
    bench_expect_none(&bench, END_48 - PAGE_SIZE - 1);
    map(END_48 - SIZE_1G, SIZE_1G, SLAT_RX, SLAT_UNCACHED);
    set(END_48 - 1, SLAT_NONE);
    bench_expect_none(&bench, END_48 - PAGE_SIZE);
    bench_expect(&bench, END_48 - PAGE_SIZE - 1, 1, SLAT_RX, SLAT_UNCACHED);
}

static void test_empty_range(void **state)
{
    (void)state;
    map(0, 0, SLAT_RWX, SLAT_WRITE_BACK);
    map(END_48, 0, SLAT_RWX, SLAT_WRITE_BACK);
    assert_int_equal(bench_in_use(&bench), 1);
}

/* Two tables over one pool, as the VTLs have: one's changes are not the other's. */
static void test_tables_are_independent(void **state)
{
    struct bench other = bench; /* the same pool: all goes through bench's from here on */

    (void)state;
    assert_true(slat_init(&other.slat, bench.slat.format, &bench.pool));
    assert_int_not_equal(slat_root_address(&other.slat).value, slat_root_address(&bench.slat).value);
    map(0, SIZE_1G, SLAT_RWX, SLAT_WRITE_BACK);
    assert_true(slat_map(&other.slat, gpa(0), SIZE_1G, SLAT_RWX, SLAT_WRITE_BACK));
    set(SIZE_2M, SLAT_NONE);
    bench_expect_none(&bench, SIZE_2M);
    bench_expect(&other, SIZE_2M, 3, SLAT_RWX, SLAT_WRITE_BACK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_map_uses_largest_pages_1g, start_1g, stop),
        cmocka_unit_test_setup_teardown(test_map_uses_largest_pages_2m, start_2m, stop),
        cmocka_unit_test_setup_teardown(test_split_keeps_neighbours, start_1g, stop),
        cmocka_unit_test_setup_teardown(test_split_of_2m, start_2m, stop),
        cmocka_unit_test_setup_teardown(test_no_rights_is_a_zero_entry, start_1g, stop),
        cmocka_unit_test_setup_teardown(test_boundary_pages, start_1g, stop),
        cmocka_unit_test_setup_teardown(test_boundary_pages, start_2m, stop),
        cmocka_unit_test_setup_teardown(test_remap_gives_tables_back, start_1g, stop),
        cmocka_unit_test_setup_teardown(test_unmap, start_1g, stop),
        cmocka_unit_test_setup_teardown(test_unmap, start_2m, stop),
        cmocka_unit_test_setup_teardown(test_unmapping_a_hole_takes_no_pages, start_1g, stop),
        cmocka_unit_test_setup_teardown(test_same_rights_do_not_split, start_1g, stop),
        cmocka_unit_test_setup_teardown(test_rights_in_a_hole, start_1g, stop),
        cmocka_unit_test_setup_teardown(test_exhausted_set_rights_changes_nothing, start_1g, stop),
        cmocka_unit_test_setup_teardown(test_exhausted_pool_still_serves_what_needs_none, start_1g, stop),
        cmocka_unit_test_setup_teardown(test_exhausted_map, start_1g, stop),
        cmocka_unit_test_setup_teardown(test_no_root, start_1g, stop),
        cmocka_unit_test_setup_teardown(test_bad_ranges_are_refused, start_1g, stop),
        cmocka_unit_test_setup_teardown(test_bad_pages_are_refused, start_1g, stop),
        cmocka_unit_test_setup_teardown(test_last_page, start_1g, stop),
        cmocka_unit_test_setup_teardown(test_empty_range, start_1g, stop),
        cmocka_unit_test_setup_teardown(test_tables_are_independent, start_1g, stop),
        cmocka_unit_test(test_random_operations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
