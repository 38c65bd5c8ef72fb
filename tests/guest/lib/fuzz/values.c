/* Numbers that are likely to be looked at. */
#include "fuzz.h"

#define BEYOND_RAM (UINT64_C(1) << 24) /* page number: 64 GiB */

/* xorshift64*: short, and the same everywhere. */
uint64_t fuzz_random(struct fuzzer *fuzzer)
{
    uint64_t x = fuzzer->random;

    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    fuzzer->random = x;
    return x * UINT64_C(0x2545F4914F6CDD1D);
}

uint32_t fuzz_below(struct fuzzer *fuzzer, uint32_t limit)
{
    return (uint32_t)((fuzz_random(fuzzer) >> 32) * limit >> 32);
}

bool fuzz_one_in(struct fuzzer *fuzzer, uint32_t n)
{
    return fuzz_below(fuzzer, n) == 0;
}

bool fuzz_slips(struct fuzzer *fuzzer, uint32_t n)
{
    return fuzzer->slips && fuzz_one_in(fuzzer, n);
}

uint64_t fuzz_value(struct fuzzer *fuzzer)
{
    static const uint64_t edges[] = {
        0, 1, 2, 3, 7, UINT64_MAX, UINT64_C(0x00007FFFFFFFFFFF), UINT64_C(0x0000800000000000), UINT64_C(0xFFFF800000000000),
        UINT64_C(0xFFFFFFFF), UINT64_C(0x100000000), UINT64_C(0x0007040600070406), UINT64_C(0x00010000), HV_VP_INDEX_SELF,
    };

    switch (fuzz_below(fuzzer, 8)) {
    case 0:
    case 1: return edges[fuzz_below(fuzzer, sizeof(edges) / sizeof(edges[0]))];
    case 2: return UINT64_C(1) << fuzz_below(fuzzer, 64);
    case 3: return fuzz_random(fuzzer);
    case 4: return (uint32_t)fuzz_random(fuzzer);
    case 5: return fuzz_random(fuzzer) & 0x3FF;
    case 6: return fuzz_random(fuzzer) & fuzz_random(fuzzer) & fuzz_random(fuzzer);
    default: return fuzz_below(fuzzer, 16);
    }
}

static uint64_t page_of(struct fuzzer *fuzzer, const struct fuzz_range *range)
{
    return range->page + (range->count != 0 ? fuzz_below(fuzzer, (uint32_t)range->count) : 0);
}

uint64_t fuzz_foreign_page(struct fuzzer *fuzzer)
{
    uint32_t which = fuzz_below(fuzzer, fuzzer->foreign_count + 2);

    if (which < fuzzer->foreign_count) {
        return page_of(fuzzer, &fuzzer->foreign[which]);
    }
    return fuzz_random(fuzzer) >> fuzz_below(fuzzer, 36) | BEYOND_RAM;
}

uint64_t fuzz_page(struct fuzzer *fuzzer)
{
    switch (fuzz_below(fuzzer, 32)) {
    case 0: return fuzz_foreign_page(fuzzer);
    case 1:
    case 2:
    case 3: return page_of(fuzzer, &fuzzer->own);
    default: return page_of(fuzzer, &fuzzer->window);
    }
}

uint64_t fuzz_register_value(struct fuzzer *fuzzer, uint32_t name)
{
    if (fuzz_msr_of(name) != 0) {
        return fuzz_msr_value(fuzzer, fuzz_msr_of(name));
    }
    switch (fuzz_below(fuzzer, 4)) {
    case 0: return fuzz_value(fuzzer);
    case 1: return fuzzer->overlay.gpa + fuzz_below(fuzzer, FUZZ_OVERLAY_PAGES) * FUZZ_PAGE + fuzz_below(fuzzer, 2);
    default: return fuzzer->value_near(fuzzer, name);
    }
}
