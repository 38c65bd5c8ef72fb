/* The encoding, bit by bit, as AMD APM vol. 2 draws it ("Long-Mode Page Translation", "Nested Paging"). */
#include <setjmp.h>
#include <stdarg.h>

#include <hv/npt.h>

#include <cmocka.h>

#define NX (UINT64_C(1) << 63)

/* A and D do not count: both are left out of the comparison. */
static uint64_t bits(uint64_t entry)
{
    return entry & ~UINT64_C(0x60);
}

static void test_tables(void **state)
{
    const struct slat_format *npt = npt_format(true);
    uint64_t entry = npt->table(hpa(UINT64_C(0x0000FEDCBA987000)));

    (void)state;
    assert_int_equal(bits(entry), UINT64_C(0x0000FEDCBA987007));
    assert_true(npt->is_present(entry));
    assert_int_equal(npt->address(entry).value, UINT64_C(0x0000FEDCBA987000));
    for (unsigned level = 2; level <= 4; level++) {
        assert_false(npt->is_leaf(entry, level));
    }
}

static void test_leaves(void **state)
{
    static const struct {
        unsigned level, rights;
        enum slat_memory memory;
        uint64_t page, entry;
    } rows[] = {
        { 1, SLAT_R, SLAT_WRITE_BACK, 0x5000, NX | 0x5005 },
        { 1, SLAT_RW, SLAT_WRITE_BACK, 0x5000, NX | 0x5007 },
        { 1, SLAT_RX, SLAT_WRITE_BACK, 0x5000, 0x5005 },
        { 1, SLAT_RWX, SLAT_WRITE_BACK, 0x5000, 0x5007 },
        { 1, SLAT_RW, SLAT_UNCACHED, 0xFEE00000, NX | 0xFEE0001F },
        { 2, SLAT_R, SLAT_WRITE_BACK, 0x200000, NX | 0x200085 },
        { 2, SLAT_RWX, SLAT_WRITE_BACK, 0x200000, 0x200087 },
        { 2, SLAT_RX, SLAT_UNCACHED, 0x200000, 0x20009D },
        { 3, SLAT_RW, SLAT_WRITE_BACK, 0x40000000, NX | 0x40000087 },
        { 3, SLAT_RWX, SLAT_UNCACHED, UINT64_C(0xFFFFC0000000), UINT64_C(0xFFFFC000009F) },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct slat_format *npt = npt_format(i % 2 != 0);
        uint64_t entry = npt->leaf(hpa(rows[i].page), rows[i].level, rows[i].rights, rows[i].memory);
        assert_int_equal(bits(entry), rows[i].entry);
        assert_true(npt->is_present(entry) && npt->is_leaf(entry, rows[i].level));
        assert_int_equal(npt->address(entry).value, rows[i].page);
        assert_int_equal(npt->rights(entry), rows[i].rights);
        assert_int_equal(npt->memory(entry), rows[i].memory);
    }
}

/* The processor may set A and D, and clear neither; software of the outer machine may see either. */
static void test_accessed_and_dirty_change_nothing(void **state)
{
    static const unsigned rights[] = { SLAT_R, SLAT_RW, SLAT_RX, SLAT_RWX };
    const struct slat_format *npt = npt_format(true);

    (void)state;
    for (unsigned i = 0; i < 4 * 3 * 4; i++) {
        unsigned level = i / 4 % 3 + 1;
        uint64_t entry = bits(npt->leaf(hpa(SIZE_1G), level, rights[i % 4], SLAT_WRITE_BACK)) | (uint64_t)(i / 12) << 5;
        assert_int_equal(npt->rights(entry), rights[i % 4]);
        assert_int_equal(npt->address(entry).value, SIZE_1G);
        assert_true(npt->is_leaf(entry, level));
        assert_int_equal(npt->memory(entry), SLAT_WRITE_BACK);
    }
}

static void test_nothing_is_not_present(void **state)
{
    const struct slat_format *npt = npt_format(false);

    (void)state;
    assert_false(npt->is_present(0));
    assert_int_equal(npt->rights(0), SLAT_NONE);
}

static void test_largest_pages(void **state)
{
    (void)state;
    assert_int_equal(npt_format(false)->largest_level, 2);
    assert_int_equal(npt_format(true)->largest_level, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_leaves),
        cmocka_unit_test(test_accessed_and_dirty_change_nothing),
        cmocka_unit_test(test_nothing_is_not_present),
        cmocka_unit_test(test_largest_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
