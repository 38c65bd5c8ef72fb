/*
 * What VTL1 raises in itself: taken at once when its priority lets it, also
 * when VTL1 has gone back with IF clear; one class holds off the lower ones
 * until its end; AutoEOI ends itself.
 */
#include "vtl1_apic.h"

static void expect(const char *when, uint64_t count, uint64_t last)
{
    uint64_t now = taken(0, COUNT);

    note(now == count, "%s:taken-%lu", when, now);
    note(count == 0 || taken(0, count - 1) == last, "%s:last-0x%lx", when, taken(0, count - 1));
}

/* The command that raises it goes back with IF clear: VTL1 is entered again, for the interrupt, before VTL0 goes on. */
static void comes_back(void)
{
    vtl1(COMMAND_VECTOR_RESET, 0, 0, 0);
    vtl1_set_msr(X2APIC_SELF, 0x34);
    note(vtl1_value(COMMAND_SEEN, SEEN_REASON, 0, 0) == HV_VTL_ENTRY_INTERRUPT, "no-entry-for-it");
    expect("self", 1, 0x34);
    note(vtl1_msr(X2APIC_ISR1) == BIT_OF(0x34) && vtl1_msr(X2APIC_IRR1) == 0, "not-in-service");
    note(vtl1_msr(X2APIC_PPR) == 0x30, "ppr-0x%lx", vtl1_msr(X2APIC_PPR));
    vtl1_set_msr(X2APIC_EOI, 0);
    note(vtl1_msr(X2APIC_ISR1) == 0 && vtl1_msr(X2APIC_PPR) == 0, "not-ended");
    vtl1_set_msr(X2APIC_SELF, 0x0F); /* no such vector */
    expect("low-vector", 1, 0x34);
    report_notes("vtl1-apic-comes-back");
}

static void task_priority(void)
{
    vtl1(COMMAND_VECTOR_RESET, 0, 0, 0);
    vtl1_set_msr(X2APIC_TPR, 0x30);
    vtl1_set_msr(X2APIC_SELF, 0x34);
    expect("held-off", 0, 0);
    note(vtl1_msr(X2APIC_IRR1) == BIT_OF(0x34), "not-pending");
    vtl1_set_msr(X2APIC_TPR, 0x20);
    expect("let-in", 1, 0x34);
    vtl1_set_msr(X2APIC_EOI, 0);
    vtl1_set_msr(HV_MSR_TPR, 0x20);
    note(vtl1_msr(X2APIC_TPR) == 0x20, "synthetic-tpr");
    vtl1_set_msr(X2APIC_SELF, 0x25);
    expect("held-off-by-its-own-class", 1, 0x34);
    vtl1_set_msr(HV_MSR_TPR, 0);
    expect("let-in-again", 2, 0x25);
    vtl1_set_msr(HV_MSR_EOI, 0);
    note(vtl1_msr(X2APIC_ISR1) == 0, "synthetic-eoi");
    report_notes("vtl1-apic-task-priority");
}

static void nesting(void)
{
    vtl1(COMMAND_VECTOR_RESET, 0, 0, 0);
    vtl1_set_msr(X2APIC_SELF, 0x25);
    expect("first", 1, 0x25);
    vtl1_set_msr(X2APIC_SELF, 0x2A); /* of the same class: waits for its end */
    expect("same-class", 1, 0x25);
    vtl1_set_msr(X2APIC_SELF, 0x36);
    expect("higher", 2, 0x36);
    note(vtl1_msr(X2APIC_ISR1) == (BIT_OF(0x25) | BIT_OF(0x36)), "in-service-0x%lx", vtl1_msr(X2APIC_ISR1));
    vtl1_set_msr(X2APIC_EOI, 0);
    expect("behind-the-higher", 2, 0x36);
    vtl1_set_msr(X2APIC_EOI, 0);
    expect("behind-the-first", 3, 0x2A);
    vtl1_set_msr(X2APIC_EOI, 0);
    note(vtl1_msr(X2APIC_ISR1) == 0, "left-in-service");
    report_notes("vtl1-apic-nesting");
}

/* Two that wait are taken one behind the other, without an exit of VTL1's own in between. */
static void automatic_end(void)
{
    vtl1(COMMAND_VECTOR_RESET, 0, 0, 0);
    vtl1_set_msr(HV_MSR_SINT0 + 3, 0x35 | HV_SINT_AUTO_EOI);
    vtl1_set_msr(HV_MSR_SINT0 + 4, 0x37 | HV_SINT_AUTO_EOI);
    vtl1_set_msr(X2APIC_TPR, 0xF0);
    vtl1_set_msr(X2APIC_SELF, 0x35);
    vtl1_set_msr(X2APIC_SELF, 0x37);
    expect("held-off", 0, 0);
    vtl1_set_msr(X2APIC_TPR, 0);
    expect("both", 2, 0x35);
    note(taken(0, 0) == 0x37, "the-lower-one-first");
    note(vtl1_msr(X2APIC_ISR1) == 0, "in-service");
    vtl1_set_msr(HV_MSR_SINT0 + 3, HV_SINT_RESET);
    vtl1_set_msr(HV_MSR_SINT0 + 4, HV_SINT_RESET);
    report_notes("vtl1-apic-auto-eoi");
}

void test_priorities(void)
{
    comes_back();
    task_priority();
    nesting();
    automatic_end();
}
