/* The hypervisor's address space, walked as the processor would. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <hv/layout.h>
#include <hv_map.h>

#include <cmocka.h>

#define PROCESSORS 3u
#define REGION     UINT64_C(0x3D800000)
#define POOL_PAGES 64u

static uint8_t *pool;
static unsigned pool_used;

static uint64_t take(void *self)
{
    unsigned *limit = self;

    return pool_used < *limit ? (uint64_t)(uintptr_t)(pool + PAGE_SIZE * pool_used++) : 0;
}

static int setup(void **state)
{
    (void)state;
    pool = aligned_alloc(PAGE_SIZE, POOL_PAGES * PAGE_SIZE);
    memset(pool, 0, POOL_PAGES * PAGE_SIZE);
    pool_used = 0;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(pool);
    return 0;
}

/* The mapping of va: its address with the flags that matter, or 0. Every level must be writable for RW, and NX counts from any level. */
static uint64_t walk(const struct page_map *map, uint64_t va)
{
    uint64_t entry = map->root;

    for (int level = 4; level >= 1; level--) {
        entry = ((const uint64_t *)(uintptr_t)(entry & MAP_ADDRESS))[(va >> (12 + 9 * (level - 1))) & 0x1FF];
        if ((entry & MAP_PRESENT) == 0) {
            return 0;
        }
        if (level == 2 && (entry & MAP_LARGE) != 0) {
            return (entry & ~(MAP_LARGE | MAP_ACCESSED | MAP_DIRTY)) + (va & (SIZE_2M - 1) & ~PAGE_MASK);
        }
    }
    return entry & ~(MAP_ACCESSED | MAP_DIRTY);
}

static struct elf_image image = {
    .base = HV_VA_IMAGE,
    .size = 0x5000,
    .segment_count = 3,
    .segments = { { .address = HV_VA_IMAGE, .memory_size = 0x1800, .executable = true },
                  { .address = HV_VA_IMAGE + 0x2000, .memory_size = 0x10 },
                  { .address = HV_VA_IMAGE + 0x3000, .memory_size = 0x1001, .writable = true } },
};
static const struct region region = { .base = REGION, .size = 3 * SIZE_2M };

static struct hv_map_plan plan(void)
{
    return (struct hv_map_plan){ .image = &image, .image_at = REGION, .stacks_at = REGION + image.size, .region = &region,
                                 .launch_page = 0x1234000, .apic_page = 0xFEE00000, .processors = PROCESSORS };
}

static void test_rights(void **state)
{
    unsigned limit = POOL_PAGES;
    struct page_map map = { .new_page = take, .self = &limit };
    struct hv_map_plan p = plan();
    uint64_t window_table = 0;

    (void)state;
    assert_true(hv_map_build(&map, &p, &window_table));
    assert_int_equal(walk(&map, HV_VA_IMAGE), REGION | MAP_RX);
    assert_int_equal(walk(&map, HV_VA_IMAGE + 0x1000), (REGION + 0x1000) | MAP_RX);
    assert_int_equal(walk(&map, HV_VA_IMAGE + 0x2000), (REGION + 0x2000) | MAP_R);
    assert_int_equal(walk(&map, HV_VA_IMAGE + 0x4000), (REGION + 0x4000) | MAP_RW);
    assert_int_equal(walk(&map, HV_VA_IMAGE + 0x5000), 0);
    assert_int_equal(walk(&map, HV_VA_APIC), 0xFEE00000 | MAP_RW | MAP_UNCACHED);
    assert_int_equal(walk(&map, 0x1234000), 0x1234000 | MAP_RX);
    assert_int_equal(walk(&map, 0x1235000), 0);
    assert_int_equal(walk(&map, HV_VA_WINDOWS), 0);
    ((uint64_t *)(uintptr_t)window_table)[511] = 0x777000 | MAP_RW;
    assert_int_equal(walk(&map, HV_VA_WINDOWS + 511 * PAGE_SIZE), 0x777000 | MAP_RW);
}

/* Image and stacks are in the linear map nowhere; everything behind them, to the region's last page, is. */
static void test_linear_map(void **state)
{
    unsigned limit = POOL_PAGES;
    struct page_map map = { .new_page = take, .self = &limit };
    struct hv_map_plan p = plan();
    uint64_t window_table;
    uint64_t hole = image.size + PROCESSORS * HV_MAP_STACK_PAGES * PAGE_SIZE;

    (void)state;
    assert_true(hv_map_build(&map, &p, &window_table));
    for (uint64_t offset = 0; offset < region.size; offset += PAGE_SIZE) {
        assert_int_equal(walk(&map, HV_VA_REGION + offset), offset < hole ? 0 : (REGION + offset) | MAP_RW);
    }
    assert_int_equal(walk(&map, HV_VA_REGION + region.size), 0);
}

static void test_stacks(void **state)
{
    static const bool mapped[16] = { [1] = true, [3] = true, [5] = true, [6] = true, [7] = true, [8] = true };
    unsigned limit = POOL_PAGES;
    struct page_map map = { .new_page = take, .self = &limit };
    struct hv_map_plan p = plan();
    uint64_t window_table;
    uint64_t expected = REGION + image.size;

    (void)state;
    assert_true(hv_map_build(&map, &p, &window_table));
    for (unsigned page = 0; page < PROCESSORS * 16; page++) {
        uint64_t found = walk(&map, HV_VA_STACKS + page * PAGE_SIZE);

        assert_int_equal(found, mapped[page % 16] ? expected | MAP_RW : 0);
        expected += mapped[page % 16] ? PAGE_SIZE : 0;
    }
    assert_int_equal(walk(&map, HV_VA_STACKS + PROCESSORS * HV_STACK_STRIDE + HV_STACK_MAIN_BASE), 0);
}

static void test_out_of_pages(void **state)
{
    unsigned needed = POOL_PAGES;
    struct page_map map = { .new_page = take, .self = &needed };
    struct hv_map_plan p = plan();
    uint64_t window_table;

    (void)state;
    assert_true(hv_map_build(&map, &p, &window_table));
    needed = pool_used;
    for (unsigned limit = 0; limit < needed; limit++) {
        memset(pool, 0, POOL_PAGES * PAGE_SIZE);
        pool_used = 0;
        map = (struct page_map){ .new_page = take, .self = &limit };
        assert_false(hv_map_build(&map, &p, &window_table));
    }
}

static void test_never_twice(void **state)
{
    unsigned limit = POOL_PAGES;
    struct page_map map = { .new_page = take, .self = &limit };

    (void)state;
    assert_true(page_map_init(&map));
    assert_true(page_map_add(&map, SIZE_2M, SIZE_2M, SIZE_2M, MAP_RW));
    assert_false(page_map_add(&map, SIZE_2M, SIZE_2M, SIZE_2M, MAP_RW));
    assert_false(page_map_add(&map, SIZE_2M + PAGE_SIZE, 0x1000, PAGE_SIZE, MAP_RX));
    assert_true(page_map_add(&map, 0x1000, 0x1000, PAGE_SIZE, MAP_RX));
    assert_false(page_map_add(&map, 0x1000, 0x2000, PAGE_SIZE, MAP_RW));
    assert_false(page_map_add(&map, 0, 0, SIZE_2M, MAP_RW));
    assert_int_equal(walk(&map, 0x1000), 0x1000 | MAP_RX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_rights, setup, teardown),
        cmocka_unit_test_setup_teardown(test_linear_map, setup, teardown),
        cmocka_unit_test_setup_teardown(test_stacks, setup, teardown),
        cmocka_unit_test_setup_teardown(test_out_of_pages, setup, teardown),
        cmocka_unit_test_setup_teardown(test_never_twice, setup, teardown),
    };

    return cmocka_run_group_tests_name("boot-hv-map", tests, NULL, NULL);
}
