/*
 * Every page of RAM, and as many frames far above it: what VTL0 can read must
 * be exactly what the model says is its own. The model is the firmware's map,
 * without VTL1's region (which VTL1 names) and the hypervisor's memory.
 */
#include "attack_rows.h"

#include <vtl0/x86.h>

#define SEED        UINT64_C(0x53574545)
#define HIGH_FRAMES 4096u
#define MULTIPLIER  UINT64_C(6364136223846793005)
#define HIGH_FIRST  (UINT64_C(1) << 39) /* above all windows of devices */

struct sweep {
    uint64_t tried, refused, wrong, first_wrong;
};

static bool in_range(uint64_t page, uint64_t base, uint64_t size)
{
    return page - base < size;
}

static bool is_protected(uint64_t page)
{
    if (in_range(page, attack_places.vtl1_base, attack_places.vtl1_size)) {
        return true;
    }
    for (unsigned i = 0; i < attack_places.hypervisor_count; i++) {
        if (in_range(page, attack_places.hypervisor[i].base, attack_places.hypervisor[i].size)) {
            return true;
        }
    }
    return false;
}

static void try_one(uint64_t page, bool refused, struct sweep *sweep)
{
    struct attack_result one = { 0 };

    attack_touch(page, ACCESS_READ, VIA_ALIAS_4K, &one);
    sweep->tried++;
    sweep->refused += one.outcome == OUTCOME_GP;
    if (one.outcome != (refused ? OUTCOME_GP : OUTCOME_OK)) {
        sweep->first_wrong = sweep->wrong == 0 ? page : sweep->first_wrong;
        sweep->wrong++;
    }
}

static void tell(const struct sweep *sweep, enum attack_outcome good, enum attack_outcome bad, struct attack_result *result)
{
    result->outcome = sweep->tried != 0 && sweep->wrong == 0 ? good : bad;
    result->rip_advanced = true;
    attack_detail(result, "pages=%lu,refused=%lu,not-as-the-model=%lu,first=%lx", sweep->tried, sweep->refused, sweep->wrong,
                  sweep->first_wrong);
}

/* own: the pages that the model calls VTL0's, which must all answer; otherwise those that it does not. */
static void sweep_range(const struct memory_range *range, bool own, struct sweep *sweep)
{
    bool whole = range->kind != MEMORY_RESERVED && range->kind != MEMORY_DEVICE;

    for (uint64_t page = range->base; page < range->base + range->size; page += PAGE_SIZE) {
        if (own ? whole : is_protected(page)) {
            try_one(page, is_protected(page), sweep);
        }
    }
}

static void sweep_ram(const struct attack *attack, struct attack_result *result)
{
    struct sweep sweep = { 0 };

    for (unsigned i = 0; i < attack_places.boot->range_count; i++) {
        sweep_range(&attack_places.boot->ranges[i], attack->control, &sweep);
    }
    tell(&sweep, attack->control ? OUTCOME_OK : OUTCOME_REFUSED, attack->control ? OUTCOME_WRONG : OUTCOME_OK, result);
}

static void sweep_high(const struct attack *attack, struct attack_result *result)
{
    uint64_t mask = attack_places.page[PLACE_HOLE], random = SEED;
    struct sweep sweep = { 0 };

    (void)attack;
    for (unsigned i = 0; i < HIGH_FRAMES; i++) {
        random = random * MULTIPLIER + 1;
        try_one(((random >> 8) & mask) | (HIGH_FIRST & mask), true, &sweep);
    }
    tell(&sweep, OUTCOME_REFUSED, OUTCOME_OK, result);
}

#define ROW(name, function, is_control, expect) \
    { .id = name, .run = (function), .target = (is_control) ? TARGET_CONTROL : TARGET_VAULT, .access = ACCESS_READ, \
      .expected = (expect), .control = (is_control), .alone = true }

ATTACK("physical-sweep",
    ROW("physical-sweep-own", sweep_ram, true, EXPECT_OK),
    ROW("physical-sweep-foreign", sweep_ram, false, EXPECT_REFUSED),
    ROW("physical-sweep-high", sweep_high, false, EXPECT_REFUSED),
);
