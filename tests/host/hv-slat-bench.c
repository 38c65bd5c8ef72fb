#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "hv-slat.h"

#include <cmocka.h>

void bench_start(struct bench *bench, unsigned largest_level, uint64_t pages)
{
    bench->memory = aligned_alloc(PAGE_SIZE, pages * PAGE_SIZE);
    assert_non_null(bench->memory);
    memset(bench->memory, 0, pages * PAGE_SIZE);
    page_pool_init(&bench->pool, bench->memory, hpa(BENCH_BASE), pages);
    assert_true(slat_init(&bench->slat, bench_format(largest_level), &bench->pool));
}

void bench_stop(struct bench *bench)
{
    free(bench->memory);
    bench->memory = NULL;
}

uint64_t bench_in_use(const struct bench *bench)
{
    uint64_t in_use = bench->pool.used;

    for (void **page = bench->pool.free; page != NULL; page = *page) {
        in_use--;
    }
    return in_use;
}

/* Where the pool's pages are, without asking the pool. */
static uint64_t *table_at(const struct bench *bench, hpa_t address)
{
    assert_in_range(address.value, BENCH_BASE, BENCH_BASE + (bench->pool.pages - 1) * PAGE_SIZE);
    return (uint64_t *)(bench->memory + (address.value - BENCH_BASE));
}

struct seen bench_look(const struct bench *bench, uint64_t address)
{
    const struct slat_format *format = bench->slat.format;
    const uint64_t *table = table_at(bench, slat_root_address(&bench->slat));
    struct seen seen = { .level = 4 };

    for (;; seen.level--) {
        seen.entry = table[address >> (12 + 9 * (seen.level - 1)) & 511];
        if (!format->is_present(seen.entry)) {
            assert_int_equal(slat_get_rights(&bench->slat, gpa(address)), SLAT_NONE);
            return seen;
        }
        if (format->is_leaf(seen.entry, seen.level)) {
            break;
        }
        table = table_at(bench, format->address(seen.entry));
    }
    uint64_t size = UINT64_C(1) << (12 + 9 * (seen.level - 1));
    assert_int_equal(format->address(seen.entry).value, address / size * size);
    seen.rights = format->rights(seen.entry);
    seen.memory = format->memory(seen.entry);
    assert_int_equal(slat_get_rights(&bench->slat, gpa(address)), seen.rights);
    return seen;
}

void bench_expect(const struct bench *bench, uint64_t address, unsigned level, unsigned rights, enum slat_memory memory)
{
    struct seen seen = bench_look(bench, address);

    assert_int_not_equal(seen.entry, 0);
    assert_int_equal(seen.level, level);
    assert_int_equal(seen.rights, rights);
    assert_int_equal(seen.memory, memory);
}

void bench_expect_none(const struct bench *bench, uint64_t address)
{
    assert_int_equal(bench_look(bench, address).entry, 0);
}
