/* Memory types from the MTRRs (SDM vol. 3A, "Memory Type Range Registers (MTRRs)"). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <hv/mtrr.h>
#include <hv/partition.h>

#include "hv-core-bench.h"

#include <cmocka.h>

#define ENABLED       UINT64_C(0x800)
#define FIXED_ENABLED UINT64_C(0xC00)
#define VALID         UINT64_C(0x800)
#define WIDTH         UINT64_C(0xFFFFFFFFF) /* 36 address bits */
#define RANGE(base, size, type) (base) | (type), (WIDTH & ~((size) - 1)) | VALID

/* What a firmware leaves on a PC with 2 GiB: RAM write-back but for 16 MiB at its end, VGA uncached, ROM write-protected. */
static const struct mtrr_shadow pc = {
    .def_type = FIXED_ENABLED | SLAT_UNCACHED,
    .fixed = {
        UINT64_C(0x0606060606060606), UINT64_C(0x0606060606060606), 0, UINT64_C(0x0505050505050505),
        UINT64_C(0x0505050505050505), UINT64_C(0x0505050505050505), UINT64_C(0x0505050505050505),
        UINT64_C(0x0505050505050505), UINT64_C(0x0505050505050505), UINT64_C(0x0505050505050505), UINT64_C(0x0505050505050506),
    },
    .variable = {
        RANGE(0, 2 * SIZE_1G, SLAT_WRITE_BACK), RANGE(UINT64_C(0x7F000000), 16 * SIZE_1M, SLAT_UNCACHED),
        RANGE(UINT64_C(0xE0000000), 32 * SIZE_1M, SLAT_WRITE_COMBINING),
    },
};

static void test_types(void **state)
{
    static const struct { uint64_t page; enum slat_memory type; } rows[] = {
        { 0, SLAT_WRITE_BACK }, { 0x9F000, SLAT_WRITE_BACK }, { 0xA0000, SLAT_UNCACHED }, { 0xBF000, SLAT_UNCACHED },
        { 0xC0000, SLAT_WRITE_PROTECTED }, { 0xF8000, SLAT_WRITE_BACK }, { 0xF9000, SLAT_WRITE_PROTECTED },
        { 0xFF000, SLAT_WRITE_PROTECTED }, { SIZE_1M, SLAT_WRITE_BACK }, { 0x7EFFF000, SLAT_WRITE_BACK },
        { 0x7F000000, SLAT_UNCACHED }, { 0x80000000, SLAT_UNCACHED }, { 0xDFFFF000, SLAT_UNCACHED },
        { 0xE0000000, SLAT_WRITE_COMBINING }, { 0xE1FFF000, SLAT_WRITE_COMBINING }, { 0xE2000000, SLAT_UNCACHED },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(mtrr_type(&pc, rows[i].page), rows[i].type);
    }
}

static void test_switched_off(void **state)
{
    struct mtrr_shadow off = pc;

    (void)state;
    off.def_type = SLAT_WRITE_BACK;
    assert_int_equal(mtrr_type(&off, SIZE_1M), SLAT_UNCACHED);
    off.def_type = ENABLED | SLAT_WRITE_THROUGH; /* the fixed ones off: the variable ones decide below 1 MiB too */
    assert_int_equal(mtrr_type(&off, 0xA0000), SLAT_WRITE_BACK);
    assert_int_equal(mtrr_type(&off, 0x80000000), SLAT_WRITE_THROUGH);
}

static void test_precedence(void **state)
{
    static const struct { enum slat_memory a, b, both; } rows[] = {
        { SLAT_WRITE_BACK, SLAT_WRITE_BACK, SLAT_WRITE_BACK },
        { SLAT_WRITE_BACK, SLAT_UNCACHED, SLAT_UNCACHED },
        { SLAT_WRITE_THROUGH, SLAT_WRITE_BACK, SLAT_WRITE_THROUGH },
        { SLAT_WRITE_BACK, SLAT_WRITE_THROUGH, SLAT_WRITE_THROUGH },
        { SLAT_WRITE_COMBINING, SLAT_WRITE_BACK, SLAT_UNCACHED },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct mtrr_shadow two = {
            .def_type = ENABLED | SLAT_WRITE_PROTECTED,
            .variable = { RANGE(SIZE_2M, SIZE_2M, (uint64_t)rows[i].a), RANGE(0, 2 * SIZE_2M, (uint64_t)rows[i].b) },
        };

        assert_int_equal(mtrr_type(&two, SIZE_2M), rows[i].both);
        assert_int_equal(mtrr_type(&two, 0), rows[i].b);
        assert_int_equal(mtrr_type(&two, 2 * SIZE_2M), SLAT_WRITE_PROTECTED);
    }
}

/* Runs cover everything, each page with the type that it has by itself. */
static void runs_agree(const struct mtrr_shadow *mtrr, uint64_t end, unsigned at_least)
{
    unsigned runs = 0;

    for (uint64_t base = 0; base < end; runs++) {
        uint64_t next = mtrr_run(mtrr, base, end);

        assert_true(next > base && next <= end && next % PAGE_SIZE == 0);
        for (uint64_t page = base; page < next; page += PAGE_SIZE) {
            assert_int_equal(mtrr_type(mtrr, page), mtrr_type(mtrr, base));
        }
        base = next;
    }
    assert_true(runs >= at_least);
}

static void test_runs(void **state)
{
    struct mtrr_shadow holes = {
        .def_type = ENABLED | SLAT_WRITE_BACK,
        .variable = { 5 * PAGE_SIZE + SIZE_1M, (WIDTH & ~(PAGE_SIZE | SIZE_2M)) & ~PAGE_MASK, 0, 0 },
    };

    (void)state;
    runs_agree(&pc, SIZE_4G, 8);
    assert_int_equal(mtrr_run(&pc, SIZE_1M, SIZE_4G), 0x7F000000);
    assert_int_equal(mtrr_run(&pc, SIZE_1M, 0x1234000), 0x1234000);
    holes.variable[1] |= VALID; /* a mask with holes: uncached at 1 MiB + 4 and 5 pages, and again 2 MiB higher */
    runs_agree(&holes, 8 * SIZE_1M, 5);
}

/* --- The tables made of them, with Intel's encoding --- */

static int start_ept(void **state)
{
    (void)state;
    bench_mtrr = &pc;
    bench_mode_based = true;
    bench_start(1);
    return 0;
}

static int stop_ept(void **state)
{
    (void)state;
    bench_stop();
    bench_mtrr = NULL;
    bench_mode_based = false;
    return 0;
}

static enum slat_memory type_in(enum vtl vtl, uint64_t page, unsigned *level)
{
    const struct slat *slat = &partition.slat[vtl];

    return slat->format->memory(slat_entry(slat, gpa(page), level));
}

static void test_leaves_follow_them(void **state)
{
    static const uint64_t pages[] = {
        0, 0x9F000, 0xA0000, 0xC0000, 0xF8000, SIZE_1M, 0x7EFFF000, 0x7F000000, 0x80000000, 0xE0000000, 0xE2000000, BENCH_HIGH_RAM,
    };
    unsigned level;

    (void)state;
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        assert_int_equal(type_in(VTL0, pages[i], &level), mtrr_type(&pc, pages[i]));
        assert_int_equal(type_in(VTL1, pages[i], &level), mtrr_type(&pc, pages[i]));
    }
    type_in(VTL0, SIZE_1G, &level);
    assert_int_equal(level, 2); /* one type, but for the last 16 MiB of its GiB: as large as it goes */
}

/* VTL1 takes a page away and gives it back: its type comes back too, whatever VTL0 has done to its shadows meanwhile. */
static void test_a_page_gets_its_type_back(void **state)
{
    static const uint64_t pages[] = { 0xA0000, 0xC0000, 2 * SIZE_1M };
    unsigned level;

    (void)state;
    *mtrr_slot(cpus[0], 0x259) = 0;
    *mtrr_slot(cpus[0], 0x2FF) = 0;
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        bench_protect(pages[i], SLAT_NONE);
        bench_protect(pages[i], SLAT_RW);
        assert_int_equal(type_in(VTL0, pages[i], &level), mtrr_type(&pc, pages[i]));
        assert_int_equal(level, 1);
    }
}

static void test_a_map_keeps_types(void **state)
{
    unsigned level;

    (void)state;
    assert_true(partition_map(&partition.slat[VTL0], 0, BENCH_REGION, SLAT_RW));
    assert_int_equal(bench_rights(VTL0, 0xC0000), SLAT_RW);
    assert_int_equal(type_in(VTL0, 0xC0000, &level), SLAT_WRITE_PROTECTED);
    assert_int_equal(type_in(VTL0, 0xA0000, &level), SLAT_UNCACHED);
    assert_int_equal(type_in(VTL0, SIZE_2M, &level), SLAT_WRITE_BACK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_switched_off),
        cmocka_unit_test(test_precedence),
        cmocka_unit_test(test_runs),
        cmocka_unit_test_setup_teardown(test_leaves_follow_them, start_ept, stop_ept),
        cmocka_unit_test_setup_teardown(test_a_page_gets_its_type_back, start_ept, stop_ept),
        cmocka_unit_test_setup_teardown(test_a_map_keeps_types, start_ept, stop_ept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
