#include <vtl0/memory_search.h>

#include <vtl0/probe.h>
#include <vtl0/x86.h>
#include <worker/worker.h>

#define WORDS (PAGE_SIZE / sizeof(uint64_t))

bool memory_readable(uint64_t page)
{
    struct probe probe = { .code = (uint64_t)(uintptr_t)probe_read, .rdi = page };

    return probe_call(&probe);
}

/* The barrier keeps the compiler from inverting what is searched for instead: the word itself would be in a register or on a stack. */
static void search_page(void *context, uint64_t page)
{
    struct memory_search *search = context;
    const volatile uint64_t *words = (const volatile uint64_t *)(uintptr_t)page;

    for (unsigned i = 0; i < WORDS; i++) {
        uint64_t inverted = words[i] ^ WORKER_MASK;

        __asm__ volatile("" : "+r"(inverted));
        search->found[0] += inverted == search->inverted[0];
        search->found[1] += inverted == search->inverted[1];
    }
}

static void walk_range(uint64_t base, uint64_t size, struct memory_walk *walk)
{
    for (uint64_t page = base; page < base + size; page += PAGE_SIZE) {
        walk->pages++;
        if (memory_readable(page)) {
            walk->visit(walk->context, page);
        } else {
            walk->unreadable++;
        }
    }
}

/* Reserved ranges may be devices' too, whose registers are no memory. */
static bool is_ram(enum memory_kind kind)
{
    return kind != MEMORY_DEVICE && kind != MEMORY_RESERVED;
}

void memory_walk(const struct boot_info *boot, uint64_t extra_base, uint64_t extra_size, struct memory_walk *walk)
{
    walk->pages = walk->unreadable = 0;
    for (uint32_t i = 0; i < boot->range_count; i++) {
        if (is_ram(boot->ranges[i].kind)) {
            walk_range(boot->ranges[i].base, boot->ranges[i].size, walk);
        }
    }
    walk_range(extra_base, extra_size, walk);
}

void memory_search(const struct boot_info *boot, uint64_t extra_base, uint64_t extra_size, struct memory_search *search)
{
    struct memory_walk walk = { .visit = search_page, .context = search };

    memory_walk(boot, extra_base, extra_size, &walk);
    search->pages += walk.pages;
    search->unreadable += walk.unreadable;
}
