#include "audit.h"

#include <lib/string.h>

#include <sk/page_table.h>

#define FRAMES (REGION_SIZE / 4096)
#define LARGE  (UINT64_C(1) << 7)

enum use { KERNEL_WRITES = 1, KERNEL_RUNS = 2, USER_WRITES = 4, USER_RUNS = 8 };

static uint8_t uses[FRAMES];

/* What all levels above allow together. */
struct path {
    bool write, user, any_user, run;
};

static const uint64_t *table_at(uint64_t entry)
{
    return (const uint64_t *)(entry & PTE_GPA_MASK);
}

static struct path extend(struct path path, uint64_t entry)
{
    path.write = path.write && (entry & PTE_WRITE) != 0;
    path.user = path.user && (entry & PTE_USER) != 0;
    path.any_user = path.any_user || (entry & PTE_USER) != 0;
    path.run = path.run && (entry & PTE_NX) == 0;
    return path;
}

static void note_use(const struct region *region, uint64_t entry, const struct path *path)
{
    uint64_t frame = ((entry & PTE_GPA_MASK) - (uint64_t)region->base) / 4096;

    if (frame < FRAMES) {
        uses[frame] |= path->write ? (path->user ? USER_WRITES : KERNEL_WRITES) : 0;
        uses[frame] |= path->run ? (path->user ? USER_RUNS : KERNEL_RUNS) : 0;
    }
}

static void note_leaf(const struct region *region, uint64_t entry, const struct path *path, bool kernel_half,
                      struct audit *audit)
{
    audit->leaves++;
    audit->user_leaves += path->user;
    audit->writable_and_executable += path->write && path->run;
    audit->mixed_privilege += path->user != path->any_user || path->user == kernel_half;
    note_use(region, entry, path);
}

static void walk(const struct region *region, const uint64_t *table, unsigned level, struct path path, bool kernel_half,
                 struct audit *audit)
{
    for (unsigned i = 0; i < 512; i++) {
        struct path here;

        if ((table[i] & PTE_PRESENT) == 0) {
            continue;
        }
        here = extend(path, table[i]);
        if (level == 4) {
            kernel_half = i >= PAGE_TABLE_KERNEL_INDEX;
        }
        if (level == 1) {
            note_leaf(region, table[i], &here, kernel_half, audit);
        } else if ((table[i] & LARGE) != 0) {
            audit->large++;
        } else {
            walk(region, table_at(table[i]), level - 1, here, kernel_half, audit);
        }
    }
}

void audit_tables(const struct region *region, uint64_t root, struct audit *audit)
{
    const struct path all = { .write = true, .user = true, .any_user = false, .run = true };

    memset(uses, 0, sizeof(uses));
    *audit = (struct audit){ 0 };
    walk(region, table_at(root), 4, all, false, audit);
    for (uint64_t i = 0; i < FRAMES; i++) {
        audit->frames_written_and_run += (uses[i] & 3) == 3 || (uses[i] & 12) == 12;
    }
}

bool audit_present(uint64_t root, uint64_t address)
{
    const uint64_t *table = table_at(root);

    for (unsigned shift = 39; shift > 12; shift -= 9) {
        uint64_t entry = table[address >> shift & 511];

        if ((entry & PTE_PRESENT) == 0) {
            return false;
        }
        table = table_at(entry);
    }
    return (table[address >> 12 & 511] & PTE_PRESENT) != 0;
}
