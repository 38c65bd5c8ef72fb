#include "page_map.h"

static unsigned table_index(uint64_t va, unsigned level)
{
    return (unsigned)(va >> (12 + 9 * (level - 1))) & 0x1FFu;
}

static uint64_t *table_at(uint64_t address)
{
    return (uint64_t *)(uintptr_t)(address & MAP_ADDRESS);
}

/* The entry for va in its table of the given level; tables on the way are made. */
static uint64_t *find_entry(struct page_map *map, uint64_t va, unsigned level)
{
    uint64_t *table = table_at(map->root);

    for (unsigned at = 4; at > level; at--) {
        uint64_t *entry = &table[table_index(va, at)];

        if (*entry == 0) {
            uint64_t page = map->new_page(map->self);

            if (page == 0) {
                return NULL;
            }
            *entry = page | MAP_PRESENT | MAP_WRITE | MAP_ACCESSED;
        }
        if ((*entry & MAP_LARGE) != 0) {
            return NULL;
        }
        table = table_at(*entry);
    }
    return &table[table_index(va, level)];
}

bool page_map_init(struct page_map *map)
{
    map->root = map->new_page(map->self);
    return map->root != 0;
}

static bool fits_large(uint64_t va, uint64_t pa, uint64_t size)
{
    return ((va | pa) & (SIZE_2M - 1)) == 0 && size >= SIZE_2M;
}

bool page_map_add(struct page_map *map, uint64_t va, uint64_t pa, uint64_t size, uint64_t flags)
{
    while (size > 0) {
        bool large = fits_large(va, pa, size);
        uint64_t step = large ? SIZE_2M : PAGE_SIZE;
        uint64_t *entry = find_entry(map, va, large ? 2 : 1);

        if (entry == NULL || *entry != 0) {
            return false;
        }
        *entry = pa | flags | MAP_ACCESSED | MAP_DIRTY | (large ? MAP_LARGE : 0);
        va += step;
        pa += step;
        size -= step;
    }
    return true;
}

uint64_t *page_map_table(struct page_map *map, uint64_t va)
{
    return find_entry(map, va & ~(SIZE_2M - 1), 1);
}
