/*
 * The hypervisor's page allocator: pages of one physically contiguous piece
 * of the reserved region, all set aside at launch. Lock held by the caller.
 */
#pragma once

#include <hv/types.h>

struct page_pool {
    uint8_t *base;      /* linear address of the first page */
    hpa_t base_address; /* its system-physical address */
    uint64_t pages;
    uint64_t used;      /* pages handed out for the first time so far */
    uint64_t given;     /* times that a page was handed out */
    void *free;         /* list of returned pages, linked through their first word */
};

/* Sets up a pool over pages * 4 KiB at base (page aligned, mapped, zeroed). */
void page_pool_init(struct page_pool *pool, void *base, hpa_t base_address, uint64_t pages);

/* A zeroed page, or NULL when the pool is empty. */
void *page_pool_get(struct page_pool *pool);

/* Zeroes a page that page_pool_get gave and takes it back. */
void page_pool_put(struct page_pool *pool, void *page);

/* Conversions for addresses inside the pool. An address outside is a broken invariant (CHECK). */
hpa_t page_pool_address(const struct page_pool *pool, const void *page);
void *page_pool_pointer(const struct page_pool *pool, hpa_t address);
