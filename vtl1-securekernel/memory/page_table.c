#include <sk/page_table.h>

#include <lib/string.h>

#include <sk/check.h>
#include <sk/kernel_space.h>
#include <sk/mutant.h>
#include <sk/page_alloc.h>

#define ENTRIES   512u
#define LEAF_LEVEL 1u
#define TOP_LEVEL  4u

static unsigned index_at(uint64_t address, unsigned level)
{
    return address >> (PAGE_SHIFT + 9 * (level - 1)) & (ENTRIES - 1);
}

static uint64_t *table_of(uint64_t entry)
{
    return direct_map(gpa(entry & PTE_GPA_MASK));
}

/* Rights are decided in the leaf; the user bit still separates the halves at every level. */
static uint64_t table_rights(uint64_t address)
{
    return PTE_PRESENT | PTE_WRITE | PTE_ACCESSED | (index_at(address, TOP_LEVEL) < PAGE_TABLE_KERNEL_INDEX ? PTE_USER : 0);
}

static bool make_table(uint64_t *entry, uint64_t address)
{
    uint64_t rights = table_rights(address);
    gpa_t page;

    if (!((rights & PTE_USER) != 0 ? page_alloc(&page) : page_alloc_region(&page))) {
        return false;
    }
    if (mutant_is(MUTANT_FREED_KEPT)) {
        memset(direct_map(page), 0, PAGE_SIZE); /* else that mutant has no table to live with */
    }
    *entry = page.value | rights | (mutant_is(MUTANT_KERNEL_OPEN) ? PTE_USER : 0);
    return true;
}

static uint64_t *walk(gpa_t root, uint64_t address, bool make)
{
    uint64_t *table = direct_map(root);

    for (unsigned level = TOP_LEVEL; level > LEAF_LEVEL; level--) {
        uint64_t *entry = &table[index_at(address, level)];

        if ((*entry & PTE_PRESENT) == 0 && !(make && make_table(entry, address))) {
            return NULL;
        }
        table = table_of(*entry);
    }
    return &table[index_at(address, LEAF_LEVEL)];
}

uint64_t *page_table_find(gpa_t root, uint64_t address)
{
    return walk(root, address, false);
}

uint64_t *page_table_make(gpa_t root, uint64_t address)
{
    return walk(root, address, true);
}

bool page_table_map(gpa_t root, uint64_t address, gpa_t page, uint64_t rights)
{
    uint64_t *entry = page_table_make(root, address);

    if (entry == NULL) {
        return false;
    }
    CHECK((*entry & PTE_PRESENT) == 0);
    *entry = page.value | rights | (mutant_is(MUTANT_KERNEL_OPEN) ? PTE_USER : 0);
    return true;
}

/* level: of the table behind entry; LEAF_LEVEL - 1 is a page itself. */
static void destroy(uint64_t entry, unsigned level)
{
    if (level >= LEAF_LEVEL) {
        uint64_t *table = table_of(entry);

        for (unsigned i = 0; i < ENTRIES; i++) {
            if ((table[i] & PTE_PRESENT) != 0) {
                destroy(table[i], level - 1);
            }
        }
    }
    page_free(gpa(entry & PTE_GPA_MASK));
}

void page_table_destroy_user(gpa_t root)
{
    uint64_t *table = direct_map(root);

    for (unsigned i = 0; i < PAGE_TABLE_KERNEL_INDEX; i++) {
        if ((table[i] & PTE_PRESENT) != 0) {
            destroy(table[i], TOP_LEVEL - 1);
        }
    }
    page_free(root);
}
