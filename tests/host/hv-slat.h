/* What the tests of the second-level tables share. */
#pragma once

#include <hv/slat.h>

#define BENCH_BASE UINT64_C(0x7654321000) /* system-physical address of the pool */

struct bench {
    struct slat slat;
    struct page_pool pool;
    uint8_t *memory;
};

/* What a walker of the test's own finds at an address. */
struct seen {
    uint64_t entry;
    unsigned level; /* of the leaf, or of the empty entry */
    unsigned rights;
    enum slat_memory memory;
};

/* The format under test. */
const struct slat_format *bench_format(unsigned largest_level);

/* A table over a pool of that many pages, the root included. */
void bench_start(struct bench *bench, unsigned largest_level, uint64_t pages);
void bench_stop(struct bench *bench);

/* Pages of the pool that are neither free nor untouched. */
uint64_t bench_in_use(const struct bench *bench);

/* Walks to address; a leaf must map identically and agree with slat_get_rights. */
struct seen bench_look(const struct bench *bench, uint64_t address);

/* Asserts that the page at address is a leaf of that level, rights and type. */
void bench_expect(const struct bench *bench, uint64_t address, unsigned level, unsigned rights, enum slat_memory memory);

/* Asserts that nothing is mapped at address, and that the deciding entry is zero. */
void bench_expect_none(const struct bench *bench, uint64_t address);

/* Random operations against a model of one byte a page. */
void test_random_operations(void **state);
