/*
 * VTL0 changes an entry of its own tables and flushes the other processors by
 * hypercall. They read through the entry without pause; each time they first
 * look whether the call has returned, and having seen that it has must not
 * read the old page once more.
 */
#include "flush.h"

#include <lib/string.h>

#define SLOT    203u /* of the top table; the firmware uses the first ones only */
#define AT      ((uint64_t)SLOT << 39)
#define ROUNDS  10u /* of each way */
#define WARM    50u
#define PRESENT UINT64_C(3) /* and writable */

static uint64_t *top, *entry;
static uint8_t *pages;                           /* two, the page's number in each */
static volatile uint64_t current_page, returned; /* of this round; the round whose call has returned */
static volatile uint64_t stop;
static struct {
    volatile uint64_t uses, late, wrong;
    uint64_t fill[5];
} victims[MAX_PROCESSORS];

static void make_tables(void)
{
    uint64_t *tables = (uint64_t *)pages_take(4, PAGE_SIZE);

    pages = pages_take(2, PAGE_SIZE);
    *(uint64_t *)pages = 0;
    *(uint64_t *)(pages + PAGE_SIZE) = 1;
    top = tables;
    memcpy(top, (const void *)(uintptr_t)(read_cr3() & ~UINT64_C(0xFFF)), PAGE_SIZE);
    top[SLOT] = (uint64_t)(uintptr_t)(tables + 512) | PRESENT;
    tables[512] = (uint64_t)(uintptr_t)(tables + 1024) | PRESENT;
    tables[1024] = (uint64_t)(uintptr_t)(tables + 1536) | PRESENT;
    entry = &tables[1536];
    *entry = (uint64_t)(uintptr_t)pages | PRESENT;
}

/* Interrupts off: nothing but the call may make this processor forget. */
static void victim(void *argument)
{
    uint64_t self = processor_self(), old = read_cr3(), flags = read_rflags();

    (void)argument;
    __asm__ volatile("cli" : : : "memory");
    write_cr3((uint64_t)(uintptr_t)top);
    while (stop == 0) {
        uint64_t round = returned, expected = current_page;
        uint64_t seen = *(volatile uint64_t *)AT;

        /* Both were read before the use; a later round's change may have come between. */
        if (round == returned && round != 0 && expected == current_page && round % 2 == expected) {
            victims[self].late += seen != expected;
        }
        victims[self].wrong += seen > 1;
        victims[self].uses++;
    }
    write_cr3(old);
    write_rflags(flags);
}

static void wait_warm(const char *name, uint64_t round)
{
    for (uint32_t i = 1; i < processor_count; i++) {
        uint64_t before = victims[i].uses;

        note(wait_for(&victims[i].uses, before + WARM), "%s:round-%lu:processor-%u-does-not-run", name, round, i);
    }
}

/* Odd rounds map page 1, even ones page 0; returned is the round whose flush has come back. */
static uint64_t one_round(enum flush_way way, uint64_t round)
{
    uint64_t others = ((UINT64_C(1) << processor_count) - 1) & ~UINT64_C(1);
    uint64_t result, reps = way == WAY_LIST || way == WAY_LIST_SET ? 4 : 0;

    wait_warm(way_names[way], round); /* of the round before, and for this one */
    current_page = round % 2;
    *(volatile uint64_t *)entry = (uint64_t)(uintptr_t)(pages + current_page * PAGE_SIZE) | PRESENT;
    result = flush(way, others);
    returned = round;
    note(result == HV_RESULT(HV_STATUS_SUCCESS, reps), "%s:round-%lu:0x%lx", way_names[way], round, result);
    return round + 1;
}

static void rounds_of(enum flush_way way, uint64_t *round)
{
    char id[40] = "flush-";

    for (unsigned n = 0; n < ROUNDS; n++) {
        *round = one_round(way, *round);
    }
    wait_warm(way_names[way], *round);
    for (uint32_t i = 1; i < processor_count; i++) {
        note(victims[i].late == 0 && victims[i].wrong == 0, "%s:processor-%u:late-%lu-of-%lu", way_names[way], i, victims[i].late,
             victims[i].uses);
        victims[i].late = 0;
    }
    memcpy(id + 6, way_names[way], strlen(way_names[way]) + 1);
    report_notes(id);
}

void test_stale(void)
{
    uint64_t round = 1;

    make_tables();
    for (uint32_t i = 1; i < processor_count; i++) {
        note(processor_start(i, victim, NULL), "processor-%u", i);
    }
    for (unsigned way = 0; way < WAY_COUNT; way++) {
        rounds_of(way, &round);
    }
    stop = 1;
    for (uint32_t i = 1; i < processor_count; i++) {
        note(processor_wait(i), "processor-%u", i);
    }
    report_notes("flush-end");
}
