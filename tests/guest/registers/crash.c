/* The crash MSRs of both VTLs. tests/system/test_guest.py looks for the lines in the hypervisor's log. */
#include "registers.h"

#include <lib/string.h>

static void write(enum side side, uint32_t msr, uint64_t value)
{
    uint64_t fault = side == FROM_VTL0 ? try_write_msr(msr, value) : (uint32_t)vtl1(COMMAND_WRITE_MSR, msr, value, 0).r9;

    note(fault == 0, "vtl%u-0x%x", side, msr);
}

static void crash(enum side side, const uint64_t p[5], uint64_t control)
{
    for (uint32_t i = 0; i < 5; i++) {
        write(side, HV_MSR_CRASH_P0 + i, p[i]);
    }
    write(side, HV_MSR_CRASH_CTL, control);
}

static void values(void)
{
    static const uint64_t p[2][5] = { { 1, 2, 3, 4, 5 }, { 0x11, 0x12, 0x13, 0x14, UINT64_MAX } };

    crash(FROM_VTL0, p[0], HV_CRASH_NOTIFY);
    crash(FROM_VTL1, p[1], HV_CRASH_NOTIFY | HV_CRASH_NO_DUMP);
    for (uint32_t i = 0; i < 5; i++) {
        note(read_msr(HV_MSR_CRASH_P0 + i) == p[0][i], "vtl0-p%u", i);
        note(vtl1_value(COMMAND_READ_MSR, HV_MSR_CRASH_P0 + i, 0, 0) == p[1][i], "vtl1-p%u", i);
    }
    note(read_msr(HV_MSR_CRASH_CTL) == HV_CRASH_SUPPORTED, "ctl-0x%lx", read_msr(HV_MSR_CRASH_CTL));
    note(try_write_msr(HV_MSR_CRASH_CTL, HV_CRASH_NOTIFY | 1) == GUEST_FAULT + VECTOR_GP, "reserved-bit");
}

/* VTL0's own page is told, one that VTL1 has taken is not. */
static void messages(void)
{
    static const char text[] = "the end\nof VTL0";
    char *page = (char *)pages_take(1, PAGE_SIZE);
    const uint64_t p[5] = { 0x21, 0, 0, (uint64_t)(uintptr_t)page, sizeof(text) - 1 };

    memcpy(page, text, sizeof(text));
    crash(FROM_VTL0, p, HV_CRASH_NOTIFY | HV_CRASH_MESSAGE);
    page[0] = 'T';
    protect(page, 1, 0);
    crash(FROM_VTL0, p, HV_CRASH_NOTIFY | HV_CRASH_MESSAGE);
    protect(page, 1, HV_MAP_GPA_ALL);
}

void test_crash(void)
{
    values();
    messages();
    report_notes("registers-crash");
}
