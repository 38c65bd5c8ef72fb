/*
 * Other processors walk these tables while they change. So a table is filled
 * before the one store that makes it reachable, and an entry changes in one
 * store. A table that is taken out goes back to the pool at once: translations
 * cached from it live until the caller's flush, which therefore has to come
 * before the SLAT lock is dropped.
 */
#include <hv/slat.h>

#define TOP_LEVEL    4u
#define ENTRIES      512u
#define ADDRESS_END  (UINT64_C(1) << 48)

/* An entry's place, and what it covers: 1 = 4 KiB ... 4 = 512 GiB. */
struct place {
    uint64_t *entry;
    unsigned level;
};

static uint64_t level_size(unsigned level)
{
    return PAGE_SIZE << (9 * (level - 1));
}

static unsigned level_index(uint64_t address, unsigned level)
{
    return (address / level_size(level)) % ENTRIES;
}

/* vsm-abi.md 4.1: anything needs R, KX needs UX, and UX alone a processor that tells them apart. */
static bool rights_are_legal(const struct slat *slat, unsigned rights)
{
    unsigned x = rights & SLAT_X;

    return rights == SLAT_NONE
        || ((rights & SLAT_R) != 0 && rights <= SLAT_RWX && (x == 0 || x == SLAT_X || (x == SLAT_UX && slat->format->mode_based)));
}

static void store(uint64_t *entry, uint64_t value)
{
    __atomic_store_n(entry, value, __ATOMIC_RELEASE);
}

static bool is_table(const struct slat *slat, uint64_t entry, unsigned level)
{
    return level > 1 && slat->format->is_present(entry) && !slat->format->is_leaf(entry, level);
}

static uint64_t *table_of(const struct slat *slat, uint64_t entry)
{
    return page_pool_pointer(slat->pool, slat->format->address(entry));
}

/* The entry that decides about address, or the one at the lowest level asked for. */
static struct place find(const struct slat *slat, uint64_t address, unsigned lowest)
{
    uint64_t *table = slat->root;
    unsigned level = TOP_LEVEL;

    for (;;) {
        uint64_t *entry = &table[level_index(address, level)];
        if (level == lowest || !is_table(slat, *entry, level)) {
            return (struct place){ .entry = entry, .level = level };
        }
        table = table_of(slat, *entry);
        level--;
    }
}

/* Takes count pages, or none and returns false. */
static bool take_pages(struct page_pool *pool, void **pages, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        pages[i] = page_pool_get(pool);
        if (pages[i] == NULL) {
            while (i > 0) {
                page_pool_put(pool, pages[--i]);
            }
            return false;
        }
    }
    return true;
}

/* Replaces a leaf or an empty entry by a table (a zeroed page) that says the same. */
static void split(struct slat *slat, struct place place, uint64_t *table)
{
    const struct slat_format *format = slat->format;
    uint64_t old = *place.entry;
    unsigned level = place.level - 1;

    if (format->is_present(old)) {
        hpa_t page = format->address(old), next = hpa(page.value + level_size(level));
        uint64_t first = format->leaf(page, level, format->rights(old), format->memory(old));
        uint64_t step = format->leaf(next, level, format->rights(old), format->memory(old)) - first;

        for (unsigned i = 0; i < ENTRIES; i++) {
            table[i] = first + i * step; /* they differ in nothing but the address */
        }
    }
    store(place.entry, format->table(page_pool_address(slat->pool, table)));
}

/* The entry for address at exactly level, with tables made on the way; NULL (nothing changed): pool empty. */
static uint64_t *entry_at(struct slat *slat, uint64_t address, unsigned level)
{
    struct place place = find(slat, address, level);
    unsigned missing = place.level - level;
    void *tables[TOP_LEVEL - 1];

    if (!take_pages(slat->pool, tables, missing)) {
        return NULL;
    }
    for (unsigned i = 0; i < missing; i++) {
        uint64_t *table = tables[i];
        split(slat, place, table);
        place.level--;
        place.entry = &table[level_index(address, place.level)];
    }
    return place.entry;
}

/* Gives the tables below an entry of this level, no longer in any table, back. Depth: at most three levels. */
static void give_back(struct slat *slat, uint64_t entry, unsigned level)
{
    if (!is_table(slat, entry, level)) {
        return;
    }
    uint64_t *table = table_of(slat, entry);
    for (unsigned i = 0; i < ENTRIES; i++) {
        give_back(slat, table[i], level - 1);
    }
    page_pool_put(slat->pool, table);
}

static bool map_one(struct slat *slat, uint64_t address, unsigned level, unsigned rights, enum slat_memory memory)
{
    struct place place = find(slat, address, level);

    /* What is not mapped needs no tables to become unmapped. */
    if (rights == SLAT_NONE && !slat->format->is_present(*place.entry)) {
        return true;
    }
    uint64_t *entry = entry_at(slat, address, level);
    if (entry == NULL) {
        return false;
    }
    uint64_t old = *entry;
    store(entry, rights == SLAT_NONE ? 0 : slat->format->leaf(hpa(address), level, rights, memory));
    give_back(slat, old, level);
    return true;
}

/* The largest level whose pages fit between address and end. */
static unsigned largest_fit(const struct slat *slat, uint64_t address, uint64_t end)
{
    unsigned level = slat->format->largest_level;

    while (level > 1 && (address % level_size(level) != 0 || end - address < level_size(level))) {
        level--;
    }
    return level;
}

bool slat_init(struct slat *slat, const struct slat_format *format, struct page_pool *pool)
{
    *slat = (struct slat){ .format = format, .pool = pool, .root = page_pool_get(pool) };
    return slat->root != NULL;
}

hpa_t slat_root_address(const struct slat *slat)
{
    return page_pool_address(slat->pool, slat->root);
}

bool slat_map(struct slat *slat, gpa_t base, uint64_t size, unsigned rights, enum slat_memory memory)
{
    if (((base.value | size) & PAGE_MASK) != 0 || !rights_are_legal(slat, rights)) {
        return false;
    }
    if (base.value > ADDRESS_END || size > ADDRESS_END - base.value) {
        return false;
    }
    uint64_t end = base.value + size;
    for (uint64_t address = base.value; address < end;) {
        unsigned level = largest_fit(slat, address, end);
        if (!map_one(slat, address, level, rights, memory)) {
            return false;
        }
        address += level_size(level);
    }
    return true;
}

/* An empty entry has lost its type: it belonged to RAM (the caller's rule). */
static enum slat_memory memory_of(const struct slat *slat, uint64_t page)
{
    return slat->memory_at == NULL ? SLAT_WRITE_BACK : slat->memory_at(gpa(page));
}

bool slat_set_rights(struct slat *slat, gpa_t address, unsigned rights)
{
    if (address.value >= ADDRESS_END || !rights_are_legal(slat, rights)) {
        return false;
    }
    if (slat_get_rights(slat, address) == rights) {
        return true; /* do not split for nothing */
    }
    uint64_t page = gpa_page(address).value;
    uint64_t *entry = entry_at(slat, page, 1);
    if (entry == NULL) {
        return false;
    }
    enum slat_memory memory = slat->format->is_present(*entry) ? slat->format->memory(*entry) : memory_of(slat, page);
    store(entry, rights == SLAT_NONE ? 0 : slat->format->leaf(hpa(page), 1, rights, memory));
    return true;
}

uint64_t slat_entry(const struct slat *slat, gpa_t address, unsigned *level)
{
    struct place place = find(slat, address.value % ADDRESS_END, 1);

    *level = place.level;
    return *place.entry;
}

unsigned slat_get_rights(const struct slat *slat, gpa_t address)
{
    if (address.value >= ADDRESS_END) {
        return SLAT_NONE;
    }
    uint64_t entry = *find(slat, address.value, 1).entry;
    return slat->format->is_present(entry) ? slat->format->rights(entry) : SLAT_NONE;
}
