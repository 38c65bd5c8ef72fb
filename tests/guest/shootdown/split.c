/*
 * VTL1 takes one 4 KiB page of 2 MiB that the second-level tables map as one.
 * The table that replaces the large page must say the same of all its other
 * pages at every moment: another processor reads, writes and executes them
 * without pause meanwhile, and must never fault or see another value.
 */
#include "guest.h"

#include "split.h"

#define ROUNDS     8u
#define PAGES      512u
#define USED       6u
#define WARM       50u
#define RET        0xC3u
#define VALUE(n)   (UINT64_C(0x5711700000000000) + (n))

static struct {
    uint8_t *base;
    volatile uint64_t uses, wrong, stop;
} area;
static volatile uint64_t rounds_asked, rounds_done, ended, intercepts;
static struct probe probe;

/* Neighbours of the page that goes, both ends, and some between. */
static unsigned used_page(unsigned round, unsigned n)
{
    const unsigned taken = 1 + (round * 73) % (PAGES - 2);
    const unsigned pages[USED] = { taken - 1, taken + 1, 0, PAGES - 1, taken / 2, (taken + PAGES) / 2 };

    return pages[n];
}

static unsigned taken_page(unsigned round)
{
    return used_page(round, 0) + 1;
}

static void use(void *argument)
{
    const unsigned round = *(const unsigned *)argument;

    while (area.stop == 0) {
        for (unsigned n = 0; n < USED; n++) {
            uint8_t *page = area.base + used_page(round, n) * PAGE_SIZE;
            volatile uint64_t *value = (volatile uint64_t *)(page + 64);

            area.wrong += *value != VALUE(used_page(round, n));
            *value = VALUE(used_page(round, n));
            __asm__ volatile("call *%0" : : "r"(page) : "memory");
        }
        area.uses++;
    }
}

static void on_victim(void *argument)
{
    (void)argument;
    vtl1(COMMAND_POLICY, POLICY_INJECT_GP, 0, 0); /* VTL1 must not mend what it is told of */
    while (ended == 0) {
        if (rounds_asked > rounds_done) {
            unsigned round = (unsigned)rounds_asked - 1;

            uint64_t before = vtl1_value(COMMAND_COUNT, COUNT_INTERCEPTS, 0, 0);

            probe_run(&probe, (const void *)(uintptr_t)use, &round);
            intercepts += vtl1_value(COMMAND_COUNT, COUNT_INTERCEPTS, 0, 0) - before;
            rounds_done = rounds_asked;
        }
        pause();
    }
}

static void fill(unsigned round)
{
    area.base = pages_take(PAGES, LARGE_PAGE);
    for (unsigned n = 0; n < USED; n++) {
        uint8_t *page = area.base + used_page(round, n) * PAGE_SIZE;

        page[0] = RET;
        *(volatile uint64_t *)(page + 64) = VALUE(used_page(round, n));
    }
    area.uses = area.wrong = area.stop = 0;
}

static void one_round(unsigned round)
{
    uint64_t before;

    fill(round);
    rounds_asked++;
    note(wait_for(&area.uses, WARM), "round-%u:does-not-run", round);
    note(protect(area.base + taken_page(round) * PAGE_SIZE, 1, 0) == HV_STATUS_SUCCESS, "round-%u:protect", round);
    before = area.uses;
    note(wait_for(&area.uses, before + WARM), "round-%u:stopped-after-the-split", round);
    note(protect(area.base + taken_page(round) * PAGE_SIZE, 1, HV_MAP_GPA_ALL) == HV_STATUS_SUCCESS, "round-%u:un-protect", round);
    area.stop = 1;
    note(wait_for(&rounds_done, rounds_asked), "round-%u:does-not-end", round);
    note(probe.vector == 0, "round-%u:vector-0x%x-at-0x%lx", round, probe.vector, probe.cr2);
    note(area.wrong == 0, "round-%u:wrong-values:%lu", round, area.wrong);
}

void test_split(unsigned victim)
{
    if (!report("split-victim", processor_start(victim, on_victim, NULL), "-")) {
        return;
    }
    for (unsigned round = 0; round < ROUNDS; round++) {
        one_round(round);
    }
    note(intercepts == 0, "intercepts:%lu", intercepts);
    report_notes("split-under-a-running-processor");
    ended = 1;
    report("split-end", processor_wait(victim), "-");
}
