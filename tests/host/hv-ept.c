/* The encoding, bit by bit, as the Intel SDM vol. 3C draws it ("EPT Translation Mechanism"). */
#include <setjmp.h>
#include <stdarg.h>

#include <hv/ept.h>

#include <cmocka.h>

static void test_tables(void **state)
{
    const struct slat_format *ept = ept_format(true, false);
    uint64_t entry = ept->table(hpa(UINT64_C(0x0000FEDCBA987000)));

    (void)state;
    assert_int_equal(entry, UINT64_C(0x0000FEDCBA987507));
    assert_true(ept->is_present(entry));
    assert_int_equal(ept->address(entry).value, UINT64_C(0x0000FEDCBA987000));
    for (unsigned level = 2; level <= 4; level++) {
        assert_false(ept->is_leaf(entry, level));
    }
}

static void test_leaves(void **state)
{
    static const struct {
        unsigned level, rights;
        enum slat_memory memory;
        uint64_t page, entry;
    } rows[] = {
        { 1, SLAT_R, SLAT_WRITE_BACK, 0x5000, 0x5331 },
        { 1, SLAT_RW, SLAT_WRITE_BACK, 0x5000, 0x5333 },
        { 1, SLAT_RX, SLAT_WRITE_BACK, 0x5000, 0x5735 },
        { 1, SLAT_RWX, SLAT_WRITE_BACK, 0x5000, 0x5737 },
        { 1, SLAT_R, SLAT_UNCACHED, 0xFEE00000, 0xFEE00301 },
        { 1, SLAT_RW, SLAT_UNCACHED, 0xFEE00000, 0xFEE00303 },
        { 2, SLAT_R, SLAT_WRITE_BACK, 0x200000, 0x2003B1 },
        { 2, SLAT_RWX, SLAT_WRITE_BACK, 0x200000, 0x2007B7 },
        { 2, SLAT_RX, SLAT_UNCACHED, 0x200000, 0x200785 },
        { 1, SLAT_RW, SLAT_WRITE_COMBINING, 0x5000, 0x530B },
        { 1, SLAT_RWX, SLAT_WRITE_THROUGH, 0x5000, 0x5727 },
        { 2, SLAT_RX, SLAT_WRITE_PROTECTED, 0x200000, 0x2007AD },
        { 1, SLAT_R | SLAT_UX, SLAT_WRITE_BACK, 0x5000, 0x5731 },
        { 2, SLAT_RW | SLAT_UX, SLAT_WRITE_BACK, 0x200000, 0x2007B3 },
        { 3, SLAT_RW, SLAT_WRITE_BACK, 0x40000000, 0x400003B3 },
        { 3, SLAT_RWX, SLAT_UNCACHED, UINT64_C(0xFFFFC0000000), UINT64_C(0xFFFFC0000787) },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct slat_format *ept = ept_format(i % 2 != 0, i % 3 == 0);
        uint64_t entry = ept->leaf(hpa(rows[i].page), rows[i].level, rows[i].rights, rows[i].memory);

        assert_int_equal(entry, rows[i].entry);
        assert_true(ept->is_present(entry) && ept->is_leaf(entry, rows[i].level));
        assert_int_equal(ept->address(entry).value, rows[i].page);
        assert_int_equal(ept->rights(entry), rows[i].rights);
        assert_int_equal(ept->memory(entry), rows[i].memory);
    }
}

/*
 * "EPT Misconfigurations": write without read, execute without read (no
 * processor is required to have that), a reserved memory type, reserved bits.
 */
static void test_nothing_is_misconfigured(void **state)
{
    static const unsigned rights[] = { SLAT_R, SLAT_RW, SLAT_RX, SLAT_RWX, SLAT_R | SLAT_UX, SLAT_RW | SLAT_UX };
    static const enum slat_memory types[] = {
        SLAT_UNCACHED, SLAT_WRITE_COMBINING, SLAT_WRITE_THROUGH, SLAT_WRITE_PROTECTED, SLAT_WRITE_BACK,
    };

    (void)state;
    for (unsigned i = 0; i < 6 * 3 * 5; i++) {
        uint64_t entry = ept_format(true, true)->leaf(hpa(SIZE_1G), i / 6 % 3 + 1, rights[i % 6], types[i / 18]);

        assert_int_equal(entry & 1, 1);
        assert_int_equal(entry >> 3 & 7, types[i / 18]);
        assert_int_equal(entry & UINT64_C(0xFFF0000000000B40), 0x300); /* accessed and dirty */
        assert_true((entry & 4) == 0 || (entry & 0x400) != 0);        /* never for supervisor-mode addresses alone */
    }
}

static void test_nothing_is_not_present(void **state)
{
    (void)state;
    assert_false(ept_format(false, false)->is_present(0));
    assert_int_equal(ept_format(false, false)->rights(0), SLAT_NONE);
}

static void test_format(void **state)
{
    (void)state;
    assert_int_equal(ept_format(false, false)->largest_level, 2);
    assert_int_equal(ept_format(true, false)->largest_level, 3);
    assert_true(ept_format(true, false)->replaces_mtrrs);
    assert_false(ept_format(true, false)->mode_based);
    assert_true(ept_format(true, true)->mode_based && ept_format(false, true)->largest_level == 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_leaves),
        cmocka_unit_test(test_nothing_is_misconfigured),
        cmocka_unit_test(test_nothing_is_not_present),
        cmocka_unit_test(test_format),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
