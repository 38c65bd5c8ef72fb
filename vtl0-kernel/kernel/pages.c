#include <vtl0/pages.h>

#include <lib/string.h>
#include <vtl0/panic.h>
#include <vtl0/spinlock.h>

struct free_page {
    struct free_page *next;
};

static struct spinlock lock;
static struct free_page *free_list;
static uint64_t next_address;
static uint64_t end_address;

void pages_init(uint64_t base, uint64_t size)
{
    next_address = (base + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
    end_address = base + size;
}

static uint64_t take_fresh(uint64_t size, uint64_t alignment)
{
    bool on = spin_lock(&lock);
    uint64_t at = (next_address + alignment - 1) & ~(alignment - 1);

    if (at > end_address || size > end_address - at) {
        at = 0;
    } else {
        next_address = at + size;
    }
    spin_unlock(&lock, on);
    if (at == 0) {
        panic("out of pages");
    }
    return at;
}

static struct free_page *take_freed(void)
{
    bool on = spin_lock(&lock);
    struct free_page *page = free_list;

    if (page != NULL) {
        free_list = page->next;
    }
    spin_unlock(&lock, on);
    return page;
}

void *pages_alloc(uint64_t count, uint64_t alignment)
{
    void *pages = (void *)(uintptr_t)take_fresh(count * PAGE_SIZE, alignment);

    return memset(pages, 0, count * PAGE_SIZE);
}

void *page_alloc(void)
{
    void *page = take_freed();

    if (page == NULL) {
        return pages_alloc(1, PAGE_SIZE);
    }
    return memset(page, 0, PAGE_SIZE);
}

void page_free(void *page)
{
    struct free_page *freed = page;
    bool on;

    secure_zero(page, PAGE_SIZE);
    on = spin_lock(&lock);
    freed->next = free_list;
    free_list = freed;
    spin_unlock(&lock, on);
}
