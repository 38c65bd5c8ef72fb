/* Every MSR that is not on the list below must be absent: #GP(0) for RDMSR and for WRMSR. */
#include "attack_rows.h"

#include <vtl0/exceptions.h>

#define SEED          UINT64_C(0x4F56534D)
#define RANDOM_MSRS   4096u
#define MULTIPLIER    UINT64_C(6364136223846793005)

struct span {
    uint32_t first, last;
};

/* What VTL0 may have, written down a second time and not taken from the hypervisor (docs/hypervisor.md). */
static const struct span allowed[] = {
    { 0x0, 0x1 }, { 0x10, 0x10 }, { 0x17, 0x17 }, { 0x1B, 0x1B }, { 0x8B, 0x8B }, { 0xFE, 0xFE }, { 0x174, 0x176 }, { 0x179, 0x17B },
    { 0x1A0, 0x1A0 }, { 0x200, 0x21F }, { 0x250, 0x250 }, { 0x258, 0x259 }, { 0x268, 0x26F }, { 0x277, 0x277 }, { 0x2FF, 0x2FF },
    { 0x400, 0x47F }, { 0x40000000, 0x400001FF }, { 0xC0000080, 0xC0000084 }, { 0xC0000100, 0xC0000103 }, { 0xC0010000, 0xC0010007 },
    { 0xC0010010, 0xC0010010 }, { 0xC0010015, 0xC0010015 }, { 0xC001001F, 0xC001001F }, { 0xC0010058, 0xC0010058 },
    { 0xC0010112, 0xC0010113 }, { 0xC0011020, 0xC001102F },
};

static const struct span swept[] = {
    { 0x0, 0x1FFF }, { 0x40000000, 0x40001FFF }, { 0x80000000, 0x80000FFF }, { 0xC0000000, 0xC0001FFF }, { 0xC0010000, 0xC0011FFF },
};

struct sweep {
    unsigned tried, readable, writable;
    uint32_t first_bad;
};

static bool is_allowed(uint32_t msr)
{
    for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
        if (msr >= allowed[i].first && msr <= allowed[i].last) {
            return true;
        }
    }
    return false;
}

static void try_one(uint32_t msr, struct sweep *sweep)
{
    uint64_t value = 0;
    bool readable, writable;

    if (is_allowed(msr)) {
        return;
    }
    readable = rdmsr_safe(msr, &value);
    writable = wrmsr_safe(msr, value);
    sweep->tried++;
    sweep->readable += readable;
    sweep->writable += writable;
    if ((readable || writable) && sweep->first_bad == 0) {
        sweep->first_bad = msr;
    }
}

static void sweep_all(const struct attack *attack, struct attack_result *result)
{
    struct sweep sweep = { 0 };
    uint64_t random = SEED;

    (void)attack;
    for (size_t i = 0; i < sizeof(swept) / sizeof(swept[0]); i++) {
        for (uint32_t msr = swept[i].first; msr <= swept[i].last; msr++) {
            try_one(msr, &sweep);
        }
    }
    for (unsigned i = 0; i < RANDOM_MSRS; i++) {
        random = random * MULTIPLIER + 1;
        try_one((uint32_t)(random >> 32), &sweep);
    }
    result->outcome = sweep.readable + sweep.writable == 0 ? OUTCOME_REFUSED : OUTCOME_OK;
    result->rip_advanced = true;
    attack_detail(result, "seed=%lx,tried=%u,readable=%u,writable=%u,first=%x", SEED, sweep.tried, sweep.readable, sweep.writable,
                  sweep.first_bad);
}

/* The same reads and writes where something is: the types of memory by PAT. */
static void sweep_control(const struct attack *attack, struct attack_result *result)
{
    uint64_t value = 0;

    result->outcome = rdmsr_safe((uint32_t)attack->number, &value) && wrmsr_safe((uint32_t)attack->number, value) ? OUTCOME_OK
                                                                                                                 : OUTCOME_GP;
    result->rip_advanced = true;
}

ATTACK("msr-sweep",
    { .id = "msr-sweep-control", .run = sweep_control, .target = TARGET_CONTROL, .access = ACCESS_MSR, .number = 0x277,
      .expected = EXPECT_OK, .control = true, .alone = true },
    { .id = "msr-sweep-all", .run = sweep_all, .target = TARGET_HYPERVISOR, .access = ACCESS_MSR, .expected = EXPECT_REFUSED,
      .alone = true },
);
