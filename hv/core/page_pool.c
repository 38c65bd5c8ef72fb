#include <hv/page_pool.h>

#include <hv/check.h>

#include <lib/string.h>

void page_pool_init(struct page_pool *pool, void *base, hpa_t base_address, uint64_t pages)
{
    CHECK(((uintptr_t)base & PAGE_MASK) == 0 && (base_address.value & PAGE_MASK) == 0);
    CHECK(pages <= (UINT64_MAX - base_address.value) / PAGE_SIZE);
    *pool = (struct page_pool){ .base = base, .base_address = base_address, .pages = pages };
}

void *page_pool_get(struct page_pool *pool)
{
    void *page = pool->free;

    pool->given++;
    if (page != NULL) {
        pool->free = *(void **)page;
        /* Only the link was written since page_pool_put zeroed it. */
        *(void **)page = NULL;
        return page;
    }
    if (pool->used == pool->pages) {
        return NULL;
    }
    return pool->base + pool->used++ * PAGE_SIZE;
}

/* A page is named by its first byte, and only once it was handed out. */
static void check_page(const struct page_pool *pool, uint64_t offset)
{
    CHECK((offset & PAGE_MASK) == 0 && offset / PAGE_SIZE < pool->used);
}

void page_pool_put(struct page_pool *pool, void *page)
{
    /* Unsigned: an address below the base becomes a huge offset. */
    check_page(pool, (uintptr_t)page - (uintptr_t)pool->base);
    memset(page, 0, PAGE_SIZE);
    *(void **)page = pool->free;
    pool->free = page;
}

hpa_t page_pool_address(const struct page_pool *pool, const void *page)
{
    uint64_t offset = (uintptr_t)page - (uintptr_t)pool->base;

    check_page(pool, offset);
    return hpa(pool->base_address.value + offset);
}

void *page_pool_pointer(const struct page_pool *pool, hpa_t address)
{
    uint64_t offset = address.value - pool->base_address.value;

    check_page(pool, offset);
    return pool->base + offset;
}
