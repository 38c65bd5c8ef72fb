/* Where a call frame may be: only whole pages of VTL0's RAM, never the region. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sk/vtl0_memory.h>

#define REGION UINT64_C(0x3C000000)

static const struct vtl1_boot_block block = {
    .region_base = REGION,
    .region_size = 0x1000000,
    .ram_range_count = 4,
    .ram = {
        { 0x1000, 0x9F000 - 0x1000 },
        { 0x100000, 0x3000800 },     /* ends inside a page */
        { 0x8000800, 0x10000 },      /* begins inside a page */
        { 0x100000000, 0x40000000 },
    },
};

static void inside_is_accepted(void **state)
{
    static const uint64_t pages[] = { 0x1000, 0x9E000, 0x100000, 0x30FF000, 0x8001000, 0x100000000, 0x13FFFF000 };

    (void)state;
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        assert_true(vtl0_page_valid(&block, gpa(pages[i])));
    }
}

static void outside_is_refused(void **state)
{
    static const uint64_t pages[] = {
        0,          0x9F000,     0xA0000,        0xFF000,         0x3100000, /* half a page of RAM */
        0x8000000,  0x8010000,   0xFEE00000,     0xFFFFF000,      0x140000000,
        UINT64_MAX & ~UINT64_C(0xFFF), UINT64_C(1) << 52, UINT64_C(1) << 63, UINT64_C(0x8000000000001000),
    };

    (void)state;
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        assert_false(vtl0_page_valid(&block, gpa(pages[i])));
    }
}

static void unaligned_is_refused(void **state)
{
    (void)state;
    for (uint64_t bit = 1; bit < PAGE_SIZE; bit <<= 1) {
        assert_false(vtl0_page_valid(&block, gpa(0x100000 | bit)));
    }
    assert_false(vtl0_page_valid(&block, gpa(UINT64_MAX)));
}

static void the_region_is_refused_even_if_the_ranges_say_otherwise(void **state)
{
    struct vtl1_boot_block lying = block;

    (void)state;
    lying.ram_range_count = 1;
    lying.ram[0] = (struct vtl1_boot_range){ 0, 0x80000000 };
    assert_true(vtl0_page_valid(&lying, gpa(REGION - PAGE_SIZE)));
    assert_false(vtl0_page_valid(&lying, gpa(REGION)));
    assert_false(vtl0_page_valid(&lying, gpa(REGION + 0x1000000 - PAGE_SIZE)));
    assert_true(vtl0_page_valid(&lying, gpa(REGION + 0x1000000)));
}

static void without_ranges_nothing_is_accepted(void **state)
{
    struct vtl1_boot_block empty = block;

    (void)state;
    empty.ram_range_count = 0;
    assert_false(vtl0_page_valid(&empty, gpa(0x1000)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inside_is_accepted),
        cmocka_unit_test(outside_is_refused),
        cmocka_unit_test(unaligned_is_refused),
        cmocka_unit_test(the_region_is_refused_even_if_the_ranges_say_otherwise),
        cmocka_unit_test(without_ranges_nothing_is_accepted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
