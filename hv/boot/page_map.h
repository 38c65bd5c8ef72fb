/*
 * Builds 4-level page tables in memory whose address equals its pointer (the
 * firmware's identity mapping; on the host, the process's own memory). Pure
 * but for the pages it is given.
 */
#pragma once

#include <hv/types.h>

#define MAP_PRESENT   UINT64_C(0x001)
#define MAP_WRITE     UINT64_C(0x002)
#define MAP_UNCACHED  UINT64_C(0x018) /* PWT and PCD: PAT entry 3, UC in every PAT we use */
#define MAP_ACCESSED  UINT64_C(0x020)
#define MAP_DIRTY     UINT64_C(0x040)
#define MAP_LARGE     UINT64_C(0x080)
#define MAP_NX        (UINT64_C(1) << 63)
#define MAP_ADDRESS   UINT64_C(0x000FFFFFFFFFF000)

/* The only rights there are: nothing is writable and executable. */
#define MAP_RX (MAP_PRESENT)
#define MAP_R  (MAP_PRESENT | MAP_NX)
#define MAP_RW (MAP_PRESENT | MAP_WRITE | MAP_NX)

struct page_map {
    uint64_t root;                 /* address of the top table: CR3 */
    uint64_t (*new_page)(void *self); /* a zeroed page's address, 0 when there is none */
    void *self;
};

/* Starts an empty address space; new_page and self are set. False: no page. */
bool page_map_init(struct page_map *map);

/*
 * Maps [va, va + size) to [pa, pa + size), 4 KiB aligned, with 2 MiB pages
 * where both are aligned. False: no page left for a table, or something is
 * already mapped there (what was mapped up to it stays).
 */
bool page_map_add(struct page_map *map, uint64_t va, uint64_t pa, uint64_t size, uint64_t flags);

/* The page table (lowest level) that covers va, created empty if need be; NULL as above. */
uint64_t *page_map_table(struct page_map *map, uint64_t va);
