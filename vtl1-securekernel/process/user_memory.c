#include <sk/mutant.h>
#include <sk/user_memory.h>

#include <stddef.h>

#include <lib/string.h>

#include <sk/check.h>
#include <sk/copy.h>
#include <sk/kernel_space.h>
#include <sk/page_alloc.h>
#include <sk/page_table.h>
#include <sk/tlb.h>

static bool range_valid(uint64_t base, uint64_t size)
{
    return is_page_aligned(base) && is_page_aligned(size) && size != 0 && base >= PAGE_SIZE && base < USER_LIMIT &&
           size <= USER_LIMIT - base;
}

static struct mapping *find_exact(struct process *process, uint64_t base, uint64_t size)
{
    for (unsigned i = 0; i < PROCESS_MAPPINGS; i++) {
        struct mapping *mapping = &process->mappings[i];

        if (mapping->size != 0 && mapping->base == base && mapping->size == size) {
            return mapping;
        }
    }
    return NULL;
}

/* A slot for the range, or NULL if it overlaps another one or no slot is left. */
static struct mapping *find_slot(struct process *process, uint64_t base, uint64_t size)
{
    struct mapping *slot = NULL;

    for (unsigned i = 0; i < PROCESS_MAPPINGS; i++) {
        struct mapping *mapping = &process->mappings[i];

        if (mapping->size == 0) {
            slot = mapping;
        } else if (base < mapping->base + mapping->size && mapping->base < base + size) {
            return NULL;
        }
    }
    return slot;
}

static uint64_t leaf_rights(uint32_t rights)
{
    uint64_t leaf = (rights & IUM_WRITE) != 0 ? PAGE_USER_RW : PAGE_USER_RO;

    CHECK((rights & (IUM_WRITE | IUM_EXECUTE)) != (IUM_WRITE | IUM_EXECUTE));
    if ((rights & IUM_EXECUTE) != 0) {
        leaf = PAGE_USER_RX;
    }
    if (mutant_is(MUTANT_DATA_EXECUTABLE)) {
        leaf &= ~PTE_NX;
    }
    return mutant_is(MUTANT_CODE_WRITABLE) ? leaf | PTE_WRITE : leaf;
}

bool user_range_ok(const struct process *process, uint64_t address, uint64_t size, uint32_t rights)
{
    if (mutant_is(MUTANT_POINTERS_UNCHECKED)) {
        return true;
    }
    if (size == 0 || address >= USER_LIMIT || size > USER_LIMIT - address) {
        return false;
    }
    for (unsigned i = 0; i < PROCESS_MAPPINGS; i++) {
        const struct mapping *mapping = &process->mappings[i];

        if (mapping->size != 0 && address >= mapping->base && address - mapping->base < mapping->size &&
            size <= mapping->size - (address - mapping->base)) {
            return (mapping->rights & rights) == rights;
        }
    }
    return false;
}

static void unmap_pages(const struct process *process, uint64_t base, uint64_t size)
{
    for (uint64_t offset = 0; offset < size; offset += PAGE_SIZE) {
        uint64_t *entry = page_table_find(process->root, base + offset);

        if (entry != NULL && (*entry & PTE_PRESENT) != 0) {
            gpa_t page = gpa(*entry & PTE_GPA_MASK);

            *entry = 0;
            tlb_forget(base + offset);
            page_free(page);
        }
    }
}

static bool map_pages(const struct process *process, uint64_t base, uint64_t size, uint64_t rights)
{
    for (uint64_t offset = 0; offset < size; offset += PAGE_SIZE) {
        gpa_t page;

        if (!page_alloc(&page)) {
            return false;
        }
        if (!page_table_map(process->root, base + offset, page, rights)) {
            page_free(page);
            return false;
        }
    }
    return true;
}

bool user_map(struct process *process, uint64_t base, uint64_t size, uint32_t rights)
{
    struct mapping *slot;

    if (!range_valid(base, size)) {
        return false;
    }
    slot = find_slot(process, base, size);
    if (slot == NULL) {
        return false;
    }
    if (!process_may_have_pages(process, size >> PAGE_SHIFT)) {
        process->over_quota = true;
        return false;
    }
    if (size >> PAGE_SHIFT > page_count_free()) {
        process->starved = true;
        return false;
    }
    if (!map_pages(process, base, size, leaf_rights(rights))) {
        unmap_pages(process, base, size);
        process->starved = true;
        return false;
    }
    *slot = (struct mapping){ base, size, rights };
    process->pages += size >> PAGE_SHIFT;
    return true;
}

bool user_protect(struct process *process, uint64_t base, uint64_t size, uint32_t rights)
{
    struct mapping *mapping = find_exact(process, base, size);

    if (mapping == NULL) {
        return false;
    }
    for (uint64_t offset = 0; offset < size; offset += PAGE_SIZE) {
        uint64_t *entry = page_table_find(process->root, base + offset);

        *entry = (*entry & PTE_GPA_MASK) | leaf_rights(rights);
        tlb_forget(base + offset);
    }
    mapping->rights = rights;
    return true;
}

bool user_unmap(struct process *process, uint64_t base, uint64_t size)
{
    struct mapping *mapping = find_exact(process, base, size);

    if (mapping == NULL) {
        return false;
    }
    unmap_pages(process, base, size);
    *mapping = (struct mapping){ 0 };
    process->pages -= size >> PAGE_SHIFT;
    return true;
}

bool user_copy_in(const struct process *process, void *to, uint64_t from, uint64_t size)
{
    return user_range_ok(process, from, size, IUM_READ) && copy_user_fallible(to, (const void *)from, size) == 0;
}

bool user_copy_out(const struct process *process, uint64_t to, const void *from, uint64_t size)
{
    return user_range_ok(process, to, size, IUM_READ | IUM_WRITE) && copy_user_fallible((void *)to, from, size) == 0;
}

bool user_fill(const struct process *process, uint64_t to, const void *from, uint64_t size)
{
    const uint8_t *source = from;

    if (!user_range_ok(process, to, size, 0)) {
        return false;
    }
    while (size > 0) {
        uint64_t offset = to & (PAGE_SIZE - 1);
        uint64_t now = size < PAGE_SIZE - offset ? size : PAGE_SIZE - offset;
        const uint64_t *entry = page_table_find(process->root, to);

        memcpy((uint8_t *)direct_map(gpa(*entry & PTE_GPA_MASK)) + offset, source, now);
        source += now;
        to += now;
        size -= now;
    }
    return true;
}
