/* The timer of VTL1's local APIC: once and again, masked, stopped; it preempts VTL0 with IF clear. */
#include "vtl1_apic.h"

#define X2APIC_TIMER   0x832u
#define X2APIC_INITIAL 0x838u
#define X2APIC_CURRENT 0x839u
#define X2APIC_DIVIDE  0x83Eu
#define DIVIDE_BY_1    0xBu
#define MASKED         0x10000u
#define PERIODIC       0x20000u
#define MILLISECOND    UINT64_C(10000) /* of reference time */
#define ONCE           (50 * MILLISECOND)
#define PATIENCE       (1000 * MILLISECOND)

static uint64_t hertz;

static uint64_t now(void) { return read_msr(HV_MSR_TIME_REF_COUNT); }

/* Without a VTL call: VTL1 comes by itself. A look at what it has taken is one. */
static void pass(uint64_t time)
{
    uint64_t end = now() + time;

    while (now() < end) {
        pause();
    }
}

static uint64_t wait_taken(uint64_t at_least)
{
    uint64_t end = now() + PATIENCE;

    while (taken(0, COUNT) < at_least && now() < end) {
        pass(MILLISECOND);
    }
    return taken(0, COUNT);
}

static void start(uint64_t lvt, uint64_t time)
{
    vtl1(COMMAND_VECTOR_RESET, 0, 0, 0);
    vtl1_set_msr(X2APIC_DIVIDE, DIVIDE_BY_1);
    vtl1_set_msr(X2APIC_TIMER, lvt);
    vtl1_set_msr(X2APIC_INITIAL, time * hertz / 10000000);
}

static void once(void)
{
    uint64_t begin = now(), current, seen;
    bool in_time; /* not, on a machine that runs much else: then there is nothing to see */

    start(0x35, ONCE);
    current = vtl1_msr(X2APIC_CURRENT);
    seen = taken(0, COUNT);
    in_time = now() - begin < ONCE;
    note(!in_time || (current != 0 && current < vtl1_msr(X2APIC_INITIAL)), "not-counting");
    note(!in_time || seen == 0, "at-once");
    note(wait_taken(1) == 1, "taken-%lu", taken(0, COUNT));
    note(now() - begin >= ONCE - MILLISECOND, "early");
    vtl1_set_msr(X2APIC_EOI, 0);
    note(vtl1_msr(X2APIC_CURRENT) == 0, "still-counting");
    pass(30 * MILLISECOND);
    note(taken(0, COUNT) == 1, "again");
    report_notes("vtl1-apic-timer-once");
}

static void again_and_again(void)
{
    vtl1_set_msr(HV_MSR_SINT0 + 3, 0x35 | HV_SINT_AUTO_EOI);
    start(PERIODIC | 0x35, 10 * MILLISECOND);
    note(wait_taken(3) >= 3, "taken-%lu", taken(0, COUNT));
    vtl1_set_msr(X2APIC_INITIAL, 0);
    vtl1(COMMAND_VECTOR_RESET, 0, 0, 0);
    pass(30 * MILLISECOND);
    note(taken(0, COUNT) == 0, "not-stopped");
    start(MASKED | 0x35, 5 * MILLISECOND);
    pass(20 * MILLISECOND);
    note(taken(0, COUNT) == 0 && vtl1_msr(X2APIC_CURRENT) == 0, "masked");
    report_notes("vtl1-apic-timer-periodic");
}

/* With IF clear, and no exit of VTL0's own, VTL1 comes all the same: the entry before the next call is the interrupt's. */
static void preempts(void)
{
    uint64_t reason, end;

    start(0x35, 10 * MILLISECOND);
    __asm__ volatile("cli" : : : "memory");
    end = read_tsc() + read_msr(HV_MSR_TSC_FREQUENCY) / 10;
    while (read_tsc() < end) {
        pause();
    }
    reason = vtl1_value(COMMAND_SEEN, SEEN_REASON, 0, 0);
    __asm__ volatile("sti" : : : "memory");
    note(reason == HV_VTL_ENTRY_INTERRUPT, "reason-%lu", reason);
    note(taken(0, COUNT) == 1, "taken-%lu", taken(0, COUNT));
    vtl1_set_msr(HV_MSR_SINT0 + 3, HV_SINT_RESET);
    report_notes("vtl1-apic-timer-over-if-clear");
}

void test_timer(void)
{
    hertz = read_msr(HV_MSR_APIC_FREQUENCY);
    once();
    again_and_again();
    preempts();
}
