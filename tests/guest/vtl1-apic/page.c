/* VTL1's APIC in xAPIC mode, by the page: what registers hold, self IPI, priority, end and timer; where there is no page. */
#include "vtl1_apic.h"

#define PAGE_CURRENT 0x390u
#define TIMER_TIME   UINT64_C(100000) /* 10 ms of reference time */
#define PATIENCE     UINT64_C(10000000)

uint32_t page_read(uint32_t offset)
{
    struct answer answer = vtl1(COMMAND_APIC_PAGE, PAGE_LOAD_32, offset, UINT64_MAX);

    note(answer.r9 == 0, "page-0x%x:fault-0x%lx", offset, answer.r9);
    return (uint32_t)answer.rax;
}

void page_write(uint32_t offset, uint32_t value)
{
    struct answer answer = vtl1(COMMAND_APIC_PAGE, PAGE_STORE_32, offset, value);

    note(answer.r9 == 0, "page-0x%x:fault-0x%lx", offset, answer.r9);
}

static void is_now(uint32_t offset, uint32_t expected)
{
    uint32_t value = page_read(offset);

    note(value == expected, "page-0x%x:0x%x", offset, value);
}

/* Bits that no register has are dropped; what only reads, or is not there, stays as it is. */
static void registers(void)
{
    static const struct { uint32_t offset, written, read; } writable[] = {
        { PAGE_SVR, 0xFFFFFFFF, 0x3FF }, { PAGE_TPR, 0xABCD0055, 0x55 }, { PAGE_LDR, UINT32_MAX, 0xFF000000 },
        { PAGE_DFR, 0, 0x0FFFFFFF }, { PAGE_ICR_HIGH, 0x12345678, 0x12000000 }, { 0x2F0, 0xFFF18731, 0x10731 },
        { 0x320, 0xFFFFFFFF, 0x717FF },
        { 0x370, 0x00010032, 0x10032 }, { PAGE_DIVIDE, 0xFFFFFFFF, 0xB }, { PAGE_INITIAL, 0, 0 }, { PAGE_TPR, 0, 0 },
        { PAGE_DFR, UINT32_MAX, UINT32_MAX }, { PAGE_LDR, 0, 0 }, { PAGE_ICR_HIGH, 0, 0 }, { 0x320, 0x10000, 0x10000 },
    };
    static const struct { uint32_t offset, value; } fixed[] = {
        { PAGE_ID, 0 }, { 0x30, 0x60014 }, { PAGE_PPR, 0 }, { PAGE_ISR1, 0 }, { 0x180, 0 }, { PAGE_IRR1, 0 }, { PAGE_CURRENT, 0 },
        { 0, 0 }, { 0x10, 0 }, { 0x90, 0 }, { 0xC0, 0 }, { 0x290, 0 }, { 0x3F0, 0 }, { 0x400, 0 }, { 0xFF0, 0 }, { 0x280, 0 },
        { PAGE_EOI, 0 },
    };

    is_now(PAGE_SVR, 0xFF);
    for (size_t i = 0; i < sizeof(writable) / sizeof(writable[0]); i++) {
        page_write(writable[i].offset, writable[i].written);
        is_now(writable[i].offset, writable[i].read);
    }
    for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
        page_write(fixed[i].offset, UINT32_MAX);
        is_now(fixed[i].offset, fixed[i].value);
    }
    page_write(PAGE_SVR, 0xFF);
    note((page_read(0x370) & 0x10000) != 0, "unmasked-while-disabled");
    note(taken(0, COUNT) == 0, "interrupted");
    report_notes("vtl1-apic-page-registers");
}

/* Each goes on behind itself but what is not emulated; what is no aligned 32-bit access reads 0 and writes nothing. */
static void forms(void)
{
    static const struct { enum guest_page_form form; uint32_t offset; uint64_t before, after, fault; } rows[] = {
        { PAGE_LOAD_32, PAGE_SVR, UINT64_MAX, 0x1FF, 0 },
        { PAGE_EXCHANGE_32, PAGE_SVR, UINT64_C(0xFFFFFFFF000001FE), 0x1FF, 0 }, { PAGE_EXCHANGE_32, PAGE_SVR, 0x1FF, 0x1FE, 0 },
        { PAGE_LOAD_8, PAGE_SVR, UINT64_C(0x1122334455667788), UINT64_C(0x1122334455660088), 0 },
        { PAGE_LOAD_16, PAGE_SVR, UINT64_C(0x1122334455667788), UINT64_C(0x1122334455660000), 0 },
        { PAGE_LOAD_64, PAGE_SVR, UINT64_C(0x1122334455667788), 0, 0 }, { PAGE_LOAD_32, PAGE_SVR + 4, UINT64_MAX, 0, 0 },
        { PAGE_LOAD_32, PAGE_SVR + 1, UINT64_MAX, 0, 0 }, { PAGE_STORE_8, PAGE_SVR, 0x55, 0x55, 0 },
        { PAGE_STORE_64, PAGE_SVR, 0x55, 0x55, 0 },
        { PAGE_STORE_32, PAGE_SVR + 4, 0x55, 0x55, 0 }, { PAGE_STORE_32, PAGE_SVR - 1, 0x55, 0x55, 0 },
        { PAGE_OR_32, PAGE_SVR, 0x200, 0x200, GP },
    };

    page_write(PAGE_SVR, 0x1FF);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct answer answer = vtl1(COMMAND_APIC_PAGE, rows[i].form, rows[i].offset, rows[i].before);

        note(answer.rax == rows[i].after && answer.r9 == rows[i].fault, "form-%zu:0x%lx,0x%lx", i, answer.rax, answer.r9);
    }
    is_now(PAGE_SVR, 0x1FF);
    vtl1(COMMAND_APIC_PAGE, PAGE_STORE_IMMEDIATE, PAGE_SVR, 0);
    is_now(PAGE_SVR, PAGE_IMMEDIATE);
    page_write(PAGE_SVR, 0x1FF);
    report_notes("vtl1-apic-page-forms");
}

static void self_ipi(void)
{
    vtl1(COMMAND_VECTOR_RESET, 0, 0, 0);
    page_write(PAGE_TPR, 0x30);
    page_write(PAGE_ICR, ICR_SELF | 0x34);
    note(taken(0, COUNT) == 0, "not-held-off");
    is_now(PAGE_IRR1, BIT_OF(0x34));
    is_now(PAGE_PPR, 0x30);
    page_write(PAGE_TPR, 0x2F); /* VTL1 returns with IF clear, and is entered for it */
    note(taken(0, COUNT) == 1 && taken(0, 0) == 0x34, "not-taken");
    is_now(PAGE_ISR1, BIT_OF(0x34));
    is_now(PAGE_IRR1, 0);
    is_now(PAGE_ICR, ICR_SELF | 0x34);
    page_write(PAGE_ICR, ICR_SELF | 0x35); /* of the class in service */
    note(taken(0, COUNT) == 1, "not-held-off-by-its-class");
    page_write(PAGE_EOI, 0x5A);
    note(taken(0, COUNT) == 2 && taken(0, 1) == 0x35, "not-behind-the-first");
    page_write(PAGE_EOI, 0);
    is_now(PAGE_ISR1, 0);
    page_write(PAGE_TPR, 0);
    note(vtl1_msr(HV_MSR_TPR) == 0, "tpr-apart-from-the-msr");
    page_write(PAGE_SVR, 0xFF);
    page_write(PAGE_ICR, ICR_SELF | 0x34);
    note(taken(0, COUNT) == 2, "taken-by-a-disabled-apic");
    page_write(PAGE_SVR, 0x1FF);
    report_notes("vtl1-apic-page-self-ipi");
}

static void timer(void)
{
    uint64_t begin = read_msr(HV_MSR_TIME_REF_COUNT), now = begin;
    uint32_t count = (uint32_t)(TIMER_TIME * read_msr(HV_MSR_APIC_FREQUENCY) / 10000000);

    vtl1(COMMAND_VECTOR_RESET, 0, 0, 0);
    page_write(PAGE_DIVIDE, 0xB);
    page_write(PAGE_TIMER, 0x35);
    page_write(PAGE_INITIAL, count);
    is_now(PAGE_INITIAL, count);
    note(page_read(PAGE_CURRENT) < count, "not-counting");
    while (taken(0, COUNT) == 0 && now < begin + PATIENCE) {
        now = read_msr(HV_MSR_TIME_REF_COUNT);
    }
    note(taken(0, COUNT) == 1 && taken(0, 0) == 0x35, "taken-%lu", taken(0, COUNT));
    note(now >= begin + TIMER_TIME / 2, "early");
    is_now(PAGE_CURRENT, 0);
    is_now(PAGE_ISR1, BIT_OF(0x35));
    page_write(PAGE_EOI, 0);
    page_write(PAGE_TIMER, 0x10000);
    report_notes("vtl1-apic-page-timer");
}

static uint64_t page_fault(enum guest_page_form form)
{
    return vtl1(COMMAND_APIC_PAGE, form, PAGE_SVR, 0x1AA).r9;
}

/* The page goes with xAPIC mode, and its registers with the APIC. */
static void modes(void)
{
    uint64_t base = vtl1_msr(MSR_APIC_BASE), off = base & ~UINT64_C(0x800);
    uint32_t machine = apic_read(PAGE_SVR);

    vtl1_set_msr(MSR_APIC_BASE, base | 0x400);
    note(page_fault(PAGE_LOAD_32) == GP && page_fault(PAGE_STORE_32) == GP, "in-x2apic-mode");
    note(vtl1_msr(X2APIC_SVR) == 0x1FF, "x2apic-svr-0x%lx", vtl1_msr(X2APIC_SVR));
    vtl1_set_msr(MSR_APIC_BASE, off);
    note(page_fault(PAGE_LOAD_32) == GP && page_fault(PAGE_STORE_32) == GP, "while-off");
    vtl1_set_msr(MSR_APIC_BASE, base);
    is_now(PAGE_SVR, 0xFF);
    note(apic_read(PAGE_SVR) == machine, "vtl0s-svr");
    report_notes("vtl1-apic-page-modes");
}

void test_page(void)
{
    registers();
    forms();
    self_ipi();
    timer();
    test_page_ipi();
    modes();
}
