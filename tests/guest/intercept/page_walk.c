/* VTL0's own page tables in protected memory: the walk is an access like any other. */
#include "guest.h"

#include "intercept.h"

#include <lib/string.h>

#define PRESENT_RW UINT64_C(3)
#define ACCESSED   UINT64_C(0x20)
#define SLOT       200u /* of the top table; the firmware uses the first ones only */
#define ADDRESS    ((uint64_t)SLOT << 39 | UINT64_C(7) << 12)

struct tables {
    uint64_t top[512], upper[512], middle[512], last[512];
};

static struct tables *make_tables(const void *target)
{
    struct tables *tables = (struct tables *)pages_take(4, PAGE_SIZE);

    memcpy(tables->top, (const void *)(uintptr_t)(read_cr3() & ~UINT64_C(0xFFF)), PAGE_SIZE);
    tables->top[SLOT] = (uint64_t)(uintptr_t)tables->upper | PRESENT_RW;
    tables->upper[0] = (uint64_t)(uintptr_t)tables->middle | PRESENT_RW;
    tables->middle[0] = (uint64_t)(uintptr_t)tables->last | PRESENT_RW;
    tables->last[7] = (uint64_t)(uintptr_t)target | PRESENT_RW;
    return tables;
}

/* One access through the tables with one of them protected by mask. */
static void one_walk(struct tables *tables, uint64_t *table, unsigned index, uint32_t mask, enum guest_policy policy)
{
    uint64_t old = read_cr3(), before = vtl1_value(COMMAND_COUNT, COUNT_INTERCEPTS, 0, 0), gpa, seen;
    struct probe probe;

    vtl1(COMMAND_POLICY, policy, 0, 0);
    write_cr3((uint64_t)(uintptr_t)tables);
    protect(table, 1, mask);
    seen = probe_run(&probe, probe_read, (const void *)(uintptr_t)ADDRESS);
    write_cr3(old);
    protect(table, 1, HV_MAP_GPA_ALL);
    gpa = message_word(offsetof(struct hv_message, gpa.gpa));
    note(vtl1_value(COMMAND_COUNT, COUNT_INTERCEPTS, 0, 0) == before + 1, "mask-%x:intercepts", mask);
    note((gpa & ~UINT64_C(7)) == (uint64_t)(uintptr_t)&table[index], "mask-%x:gpa-0x%lx", mask, gpa);
    if (policy == POLICY_ALLOW) {
        note(probe.vector == 0 && seen == 0x7357, "mask-%x:after-restoring:0x%x", mask, probe.vector);
    } else {
        note(probe.vector == GUEST_FAULT + VECTOR_GP && probe.rip == (uint64_t)(uintptr_t)probe_read, "mask-%x:0x%x", mask, probe.vector);
    }
}

/*
 * A table that VTL0 may only read: setting an accessed flag in it would be a
 * write, and must be refused like one. The flag is clear, so it would be set.
 */
static void one_read_only(struct tables *tables, uint64_t *table, unsigned index)
{
    table[index] &= ~ACCESSED;
    one_walk(tables, table, index, HV_MAP_GPA_READABLE, POLICY_INJECT_GP);
    note((table[index] & ACCESSED) == 0, "accessed-flag-set-in-a-read-only-table");
    one_walk(tables, table, index, HV_MAP_GPA_READABLE, POLICY_ALLOW);
    note((table[index] & ACCESSED) != 0, "accessed-flag-not-set-afterwards");
}

static void test_read_only_tables(struct tables *tables)
{
    one_read_only(tables, tables->last, 7);
    one_read_only(tables, tables->middle, 0);
    one_read_only(tables, tables->upper, 0);
    report_notes("intercept-read-only-page-walk");
}

void test_page_walk(void)
{
    struct tables *tables = make_tables(intercept_page);
    uint64_t old = read_cr3();
    struct probe probe;

    *(volatile uint64_t *)intercept_page = 0x7357;
    write_cr3((uint64_t)(uintptr_t)tables);
    note(probe_run(&probe, probe_read, (const void *)(uintptr_t)ADDRESS) == 0x7357 && probe.vector == 0, "control");
    write_cr3(old);
    for (enum guest_policy policy = POLICY_INJECT_GP; policy <= POLICY_ALLOW; policy++) {
        one_walk(tables, tables->last, 7, 0, policy);
        one_walk(tables, tables->middle, 0, 0, policy);
        one_walk(tables, tables->upper, 0, 0, policy);
    }
    report_notes("intercept-page-walk");
    test_read_only_tables(tables);
}
