/*
 * A format no processor has. Each level keeps its bits elsewhere, so an entry
 * that is read or written as one of another level comes out wrong, and each
 * function checks that it is asked what makes sense.
 *
 *   table:      63-60 = 0xA, 59-8 = the address inverted (bits 51-0)
 *   leaf at n:  63-60 = n, the rest as the table of fields says
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <hv/check.h>

#include "hv-slat.h"

#include <cmocka.h>

#define TAG_TABLE 0xAu

struct fields {
    unsigned rights, memory, page; /* first bit of each; the page number has page_bits bits */
    unsigned page_bits;
};

static const struct fields fields[4] = {
    [1] = { .rights = 0, .memory = 4, .page = 10, .page_bits = 36 },
    [2] = { .rights = 40, .memory = 50, .page = 5, .page_bits = 27 },
    [3] = { .rights = 25, .memory = 1, .page = 30, .page_bits = 18 },
};

static unsigned tag(uint64_t entry)
{
    return (unsigned)(entry >> 60);
}

static unsigned level_of(uint64_t leaf)
{
    CHECK(tag(leaf) >= 1 && tag(leaf) <= 3);
    return tag(leaf);
}

static unsigned page_shift(unsigned level)
{
    return 12 + 9 * (level - 1);
}

static uint64_t fake_table(hpa_t table)
{
    CHECK((table.value & PAGE_MASK) == 0 && table.value >> 48 == 0);
    return (uint64_t)TAG_TABLE << 60 | ~table.value << 12 >> 4;
}

static uint64_t fake_leaf(hpa_t page, unsigned level, unsigned rights, enum slat_memory memory)
{
    CHECK(level >= 1 && level <= 3 && rights != SLAT_NONE && rights <= SLAT_RWX);
    CHECK(page.value % (UINT64_C(1) << page_shift(level)) == 0 && page.value >> 48 == 0);
    const struct fields *f = &fields[level];
    return (uint64_t)level << 60 | (uint64_t)rights << f->rights | (uint64_t)(memory == SLAT_UNCACHED) << f->memory |
           page.value >> page_shift(level) << f->page;
}

static bool fake_is_present(uint64_t entry)
{
    CHECK(entry == 0 || tag(entry) == TAG_TABLE || level_of(entry) != 0);
    return entry != 0;
}

static bool fake_is_leaf(uint64_t entry, unsigned level)
{
    CHECK(entry != 0 && level >= 1 && level <= 4);
    if (tag(entry) == TAG_TABLE) {
        CHECK(level != 1);
        return false;
    }
    CHECK(level_of(entry) == level);
    return true;
}

static hpa_t fake_address(uint64_t entry)
{
    if (tag(entry) == TAG_TABLE) {
        return hpa(~(entry << 4 >> 12) & UINT64_C(0xFFFFFFFFF000));
    }
    unsigned level = level_of(entry);
    uint64_t number = entry >> fields[level].page & ((UINT64_C(1) << fields[level].page_bits) - 1);
    return hpa(number << page_shift(level));
}

static unsigned fake_rights(uint64_t entry)
{
    return entry >> fields[level_of(entry)].rights & 15;
}

static enum slat_memory fake_memory(uint64_t entry)
{
    return (entry >> fields[level_of(entry)].memory & 1) != 0 ? SLAT_UNCACHED : SLAT_WRITE_BACK;
}

#define FAKE_FORMAT(level)            \
    {                                 \
        .table = fake_table,          \
        .leaf = fake_leaf,            \
        .is_present = fake_is_present,\
        .is_leaf = fake_is_leaf,      \
        .address = fake_address,      \
        .rights = fake_rights,        \
        .memory = fake_memory,        \
        .largest_level = (level),     \
    }

const struct slat_format *bench_format(unsigned largest_level)
{
    static const struct slat_format formats[] = { FAKE_FORMAT(2), FAKE_FORMAT(3) };

    CHECK(largest_level == 2 || largest_level == 3);
    return &formats[largest_level - 2];
}
