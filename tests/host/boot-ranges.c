#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <ranges.h>

#include <cmocka.h>

#define PAGES 256u

static void test_sorts_and_merges(void **state)
{
    struct hv_range ranges[4];
    struct range_list list = { ranges, 0, 4 };

    (void)state;
    assert_true(ranges_add(&list, 0x5000, 0x1000));
    assert_true(ranges_add(&list, 0x1000, 0x1000));
    assert_true(ranges_add(&list, 0x9000, 0x1000));
    assert_int_equal(list.count, 3);
    assert_true(ranges[0].base == 0x1000 && ranges[1].base == 0x5000 && ranges[2].base == 0x9000);
    assert_true(ranges_add(&list, 0x2000, 0x3000)); /* touches both neighbours */
    assert_int_equal(list.count, 2);
    assert_true(ranges[0].base == 0x1000 && ranges[0].size == 0x5000);
    assert_true(ranges_add(&list, 0x0, 0x20000)); /* swallows all */
    assert_int_equal(list.count, 1);
    assert_true(ranges[0].base == 0 && ranges[0].size == 0x20000);
    assert_int_equal(ranges_total(&list), 0x20000);
}

static void test_refuses(void **state)
{
    struct hv_range ranges[2];
    struct range_list list = { ranges, 0, 2 };

    (void)state;
    assert_false(ranges_add(&list, 0x1000, 0));
    assert_false(ranges_add(&list, UINT64_MAX - 0xFFF, 0x1000 + 1));
    assert_true(ranges_add(&list, 0x1000, 0x1000));
    assert_true(ranges_add(&list, 0x3000, 0x1000));
    assert_false(ranges_add(&list, 0x5000, 0x1000)); /* full */
    assert_int_equal(list.count, 2);
    assert_true(ranges_add(&list, 0x2000, 0x1000)); /* still merges */
    assert_int_equal(list.count, 1);
}

/* Against a bitmap of pages, in a fixed random sequence. */
static void test_against_bitmap(void **state)
{
    struct hv_range ranges[PAGES];

    (void)state;
    srand(7);
    for (unsigned round = 0; round < 500; round++) {
        struct range_list list = { ranges, 0, PAGES };
        bool map[PAGES + 1] = { false };
        uint32_t runs = 0;

        for (unsigned i = 0; i < 40; i++) {
            uint64_t first = (uint64_t)rand() % PAGES;
            uint64_t count = 1 + (uint64_t)rand() % 6;

            count = first + count > PAGES ? PAGES - first : count;
            assert_true(ranges_add(&list, first * PAGE_SIZE, count * PAGE_SIZE));
            memset(&map[first], true, count);
        }
        for (unsigned page = 0; page < PAGES; page++) {
            if (map[page] && (page == 0 || !map[page - 1])) {
                assert_int_equal(ranges[runs].base, page * PAGE_SIZE);
            }
            if (map[page] && !map[page + 1]) {
                assert_int_equal(ranges[runs].base + ranges[runs].size, (page + 1) * PAGE_SIZE);
                runs++;
            }
        }
        assert_int_equal(list.count, runs);
    }
}

static void test_pick(void **state)
{
    struct hv_range ranges[3] = { { 0, 0xA0000 }, { 0x100000, 0x3FF00000 }, { SIZE_4G, SIZE_1G } };
    struct range_list list = { ranges, 3, 3 };

    (void)state;
    assert_int_equal(ranges_pick_high(&list, SIZE_2M, SIZE_2M, 0x1000000, SIZE_4G), 0x3FE00000);
    assert_int_equal(ranges_pick_high(&list, 0x600000, SIZE_2M, 0x1000000, SIZE_4G), 0x3FA00000);
    assert_int_equal(ranges_pick_high(&list, SIZE_1G, SIZE_2M, 0x1000000, SIZE_4G), 0);
    assert_int_equal(ranges_pick_high(&list, SIZE_1G, SIZE_2M, SIZE_4G, UINT64_MAX), SIZE_4G);
    assert_int_equal(ranges_pick_high(&list, SIZE_2M, SIZE_2M, 0, SIZE_2M), 0); /* never address 0, never below what is free */
    ranges[1] = (struct hv_range){ 0x1001000, SIZE_2M + 0x1FE000 };             /* room, but not aligned room */
    assert_int_equal(ranges_pick_high(&list, SIZE_2M, SIZE_2M, 0x1000000, SIZE_4G), 0);
    ranges[1].size += 0x1000;
    assert_int_equal(ranges_pick_high(&list, SIZE_2M, SIZE_2M, 0x1000000, SIZE_4G), 0x1200000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sorts_and_merges),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_against_bitmap),
        cmocka_unit_test(test_pick),
    };

    return cmocka_run_group_tests_name("boot-ranges", tests, NULL, NULL);
}
