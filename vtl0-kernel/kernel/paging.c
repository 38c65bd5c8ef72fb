#include <vtl0/paging.h>

#include <lib/string.h>
#include <vtl0/image.h>
#include <vtl0/pages.h>
#include <vtl0/x86.h>

#define ENTRIES      512u
#define FOUR_GIB     (UINT64_C(1) << 32)
#define TABLE_RIGHTS (PTE_PRESENT | PTE_WRITE)

static uint64_t kernel_root;

uint64_t paging_kernel_root(void)
{
    return kernel_root;
}

static uint64_t level_size(enum page_level level)
{
    return UINT64_C(1) << (12 + 9 * (unsigned)level);
}

static uint64_t *table_of(uint64_t entry)
{
    return (uint64_t *)(uintptr_t)(entry & PTE_ADDRESS);
}

static unsigned index_of(uint64_t address, enum page_level level)
{
    return (unsigned)(address >> (12 + 9 * (unsigned)level)) % ENTRIES;
}

/* Replaces a large page by a table that maps the same with pages one level smaller. */
static void split(uint64_t *entry, enum page_level level)
{
    uint64_t *table = page_alloc();
    uint64_t rights = *entry & ~(PTE_ADDRESS | PTE_LARGE);
    uint64_t base = *entry & PTE_ADDRESS;
    uint64_t large = level > PAGE_2M ? PTE_LARGE : 0;

    for (unsigned i = 0; i < ENTRIES; i++) {
        table[i] = (base + i * level_size(level - 1)) | rights | large;
    }
    *entry = (uint64_t)(uintptr_t)table | TABLE_RIGHTS | (rights & PTE_USER);
}

uint64_t *paging_entry(uint64_t root, uint64_t address, enum page_level target, bool user)
{
    uint64_t *table = table_of(root);

    for (enum page_level level = PAGE_512G; level > target; level--) {
        uint64_t *entry = &table[index_of(address, level)];

        if ((*entry & PTE_PRESENT) == 0) {
            *entry = (uint64_t)(uintptr_t)page_alloc() | TABLE_RIGHTS;
        } else if ((*entry & PTE_LARGE) != 0) {
            split(entry, level);
        }
        *entry |= user ? PTE_USER : 0;
        table = table_of(*entry);
    }
    return &table[index_of(address, target)];
}

void paging_map(uint64_t root, uint64_t address, uint64_t physical, uint64_t rights)
{
    *paging_entry(root, address, PAGE_4K, (rights & PTE_USER) != 0) = (physical & PTE_ADDRESS) | rights;
    invlpg(address);
}

void paging_map_large(uint64_t root, uint64_t address, uint64_t physical, uint64_t rights)
{
    uint64_t base = physical & ~(uint64_t)(LARGE_PAGE_SIZE - 1);

    *paging_entry(root, address, PAGE_2M, (rights & PTE_USER) != 0) = base | rights | PTE_LARGE;
    invlpg(address);
}

void paging_unmap(uint64_t root, uint64_t address, enum page_level level)
{
    *paging_entry(root, address, level, false) = 0;
    invlpg(address);
}

bool paging_translate_user(uint64_t root, uint64_t address, uint64_t rights, uint64_t *physical)
{
    uint64_t *table = table_of(root);

    for (enum page_level level = PAGE_512G; level > PAGE_4K; level--) {
        uint64_t entry = table[index_of(address, level)];

        if ((entry & PTE_PRESENT) == 0 || (entry & PTE_USER) == 0 || (entry & PTE_LARGE) != 0) {
            return false;
        }
        table = table_of(entry);
    }
    rights |= PTE_PRESENT | PTE_USER;
    if ((table[index_of(address, PAGE_4K)] & rights) != rights) {
        return false;
    }
    *physical = (table[index_of(address, PAGE_4K)] & PTE_ADDRESS) + address % PAGE_SIZE;
    return true;
}

uint64_t paging_new_user(void)
{
    uint64_t *table = page_alloc();

    memcpy(table, table_of(kernel_root), PAGE_SIZE);
    table[index_of(USER_BASE, PAGE_512G)] = 0;
    return (uint64_t)(uintptr_t)table;
}

static void free_tables(uint64_t entry, enum page_level level)
{
    uint64_t *table = table_of(entry);

    for (unsigned i = 0; level > PAGE_4K && i < ENTRIES; i++) {
        if ((table[i] & PTE_PRESENT) != 0 && (table[i] & PTE_LARGE) == 0) {
            free_tables(table[i], level - 1);
        }
    }
    page_free(table);
}

/* Only the tables: the pages they map belong to the process. */
void paging_free_user(uint64_t root)
{
    uint64_t entry = table_of(root)[index_of(USER_BASE, PAGE_512G)];

    if ((entry & PTE_PRESENT) != 0) {
        free_tables(entry, PAGE_1G);
    }
    page_free(table_of(root));
}

uint64_t paging_new_stack(unsigned pages)
{
    uint64_t base = (uint64_t)(uintptr_t)pages_alloc(pages + 1, PAGE_SIZE);

    paging_unmap(kernel_root, base, PAGE_4K);
    return base + (pages + 1) * (uint64_t)PAGE_SIZE;
}

static uint64_t top_of_memory(const struct boot_info *boot)
{
    uint64_t top = FOUR_GIB;

    for (uint32_t i = 0; i < boot->range_count; i++) {
        const struct memory_range *range = &boot->ranges[i];

        if (range->kind != MEMORY_DEVICE && range->kind != MEMORY_RESERVED && range->base + range->size > top) {
            top = range->base + range->size;
        }
    }
    return top;
}

static void map_image(const struct boot_info *boot)
{
    const struct image_section *section = image_sections(boot->image_base);

    for (unsigned i = 0; i < IMAGE_SECTIONS; i++) {
        for (uint64_t at = section[i].start; at < section[i].end; at += PAGE_SIZE) {
            paging_map(kernel_root, at, at, section[i].rights);
        }
    }
}

void paging_init(const struct boot_info *boot)
{
    uint64_t top = top_of_memory(boot);

    kernel_root = (uint64_t)(uintptr_t)page_alloc();
    for (uint64_t at = 0; at < top; at += LARGE_PAGE_SIZE) {
        *paging_entry(kernel_root, at, PAGE_2M, false) = at | MAP_READ_WRITE | PTE_LARGE;
    }
    map_image(boot);
    *paging_entry(kernel_root, 0, PAGE_4K, false) = 0; /* a null pointer faults */
    /* The alias window's slot exists from the start, so that every process shares it. */
    paging_entry(kernel_root, ALIAS_WINDOW, PAGE_1G, false);
    write_cr3(kernel_root);
}
