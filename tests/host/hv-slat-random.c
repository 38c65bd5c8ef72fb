/*
 * Random maps and rights against the simplest model there is. The seed is
 * printed; OPENVSM_TEST_SEED=N runs that one again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "hv-slat.h"

#include <cmocka.h>

#define MODEL_SIZE  (2 * SIZE_1G)
#define MODEL_PAGES (MODEL_SIZE / PAGE_SIZE)
#define OPERATIONS  400u
#define UNCACHED    0x80u /* beside the rights in the model */

/* 1 root, 1 + 2 tables and one page table for each 2 MiB. */
#define ENOUGH_PAGES (1 + 1 + 2 + MODEL_SIZE / SIZE_2M)

static struct bench bench;
static uint8_t model[MODEL_PAGES];
static uint64_t random_state;

static uint64_t random_below(uint64_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state % limit;
}

static unsigned random_rights(void)
{
    static const unsigned legal[] = { SLAT_NONE, SLAT_R, SLAT_RW, SLAT_RX, SLAT_RWX };

    return legal[random_below(5)];
}

/* A page number near a boundary of some level, or anywhere. */
static uint64_t random_page(void)
{
    static const uint64_t grain[] = { 1, 512, 512, 512 * 512 };
    uint64_t unit = grain[random_below(4)];
    uint64_t page = random_below(MODEL_PAGES / unit) * unit + random_below(3) + MODEL_PAGES - 1;

    return page % MODEL_PAGES;
}

static void expect_page(uint64_t page)
{
    struct seen seen = bench_look(&bench, page * PAGE_SIZE);

    assert_int_equal(seen.rights, model[page] & SLAT_RWX);
    if (seen.rights == SLAT_NONE) {
        assert_int_equal(seen.entry, 0);
    } else {
        assert_int_equal(seen.memory, (model[page] & UNCACHED) != 0 ? SLAT_UNCACHED : SLAT_WRITE_BACK);
    }
}

static void expect_all(void)
{
    for (uint64_t page = 0; page < MODEL_PAGES; page++) {
        expect_page(page);
    }
}

static void random_map(void)
{
    uint64_t first = random_page(), last = random_page();
    unsigned rights = random_rights();
    enum slat_memory memory = random_below(2) != 0 ? SLAT_UNCACHED : SLAT_WRITE_BACK;

    if (last < first) {
        uint64_t page = first;
        first = last;
        last = page;
    }
    assert_true(slat_map(&bench.slat, gpa(first * PAGE_SIZE), (last - first) * PAGE_SIZE, rights, memory));
    memset(model + first, (int)(rights == SLAT_NONE ? 0 : rights | (memory == SLAT_UNCACHED ? UNCACHED : 0)), last - first);
}

static void random_set(void)
{
    uint64_t page = random_page();
    unsigned rights = random_rights();

    assert_true(slat_set_rights(&bench.slat, gpa(page * PAGE_SIZE + random_below(PAGE_SIZE)), rights));
    model[page] = rights == SLAT_NONE ? 0 : (uint8_t)(rights | (model[page] & UNCACHED));
    expect_page((page + MODEL_PAGES - 1) % MODEL_PAGES);
    expect_page(page);
    expect_page((page + 1) % MODEL_PAGES);
}

static void start(void)
{
    const char *given = getenv("OPENVSM_TEST_SEED");
    uint64_t seed = given != NULL ? strtoull(given, NULL, 0) : (uint64_t)time(NULL);

    print_message("seed: OPENVSM_TEST_SEED=%llu\n", (unsigned long long)seed);
    random_state = seed * 2 + 1;
    memset(model, 0, sizeof(model));
    bench_start(&bench, 2 + (unsigned)random_below(2), ENOUGH_PAGES);
}

void test_random_operations(void **state)
{
    (void)state;
    start();
    for (unsigned i = 0; i < OPERATIONS; i++) {
        if (random_below(20) == 0) {
            random_map();
        } else {
            random_set();
        }
        if (i % 100 == 99) {
            expect_all();
        }
    }
    assert_true(slat_map(&bench.slat, gpa(0), MODEL_SIZE, SLAT_RWX, SLAT_WRITE_BACK));
    assert_int_equal(bench_in_use(&bench), bench.slat.format->largest_level == 3 ? 2 : 4); /* every table came back */
    bench_stop(&bench);
}
