/*
 * Reference time (TLFS, "Partition Reference Time"): the counter, the
 * reference TSC page and the frequencies agree on every processor and in
 * both VTLs; the page is VTL0's to read alone while it is one.
 */
#include "guest.h"

#include <lib/string.h>

#define GP          (GUEST_FAULT + VECTOR_GP)
#define ROUNDS      500u
#define MILLISECOND UINT64_C(10000) /* in reference time */
#define APIC_LVT_TIMER 0x320u
#define APIC_INITIAL   0x380u
#define APIC_CURRENT   0x390u
#define APIC_DIVIDE    0x3E0u
#define DIVIDE_BY_1    0xBu

static volatile struct hv_reference_tsc_page *page;

static uint64_t page_address(const volatile void *at) { return (uint64_t)(uintptr_t)at; }

/* The clients' loop: a page whose sequence changes meanwhile is read again. */
static uint64_t page_time(void)
{
    uint32_t sequence;
    uint64_t time;

    do {
        sequence = page->sequence;
        time = (uint64_t)((unsigned __int128)read_tsc() * page->scale >> 64) + (uint64_t)page->offset;
    } while (page->sequence != sequence);
    return time;
}

static uint64_t vtl1_time(void) { return vtl1_value(COMMAND_READ_MSR, HV_MSR_TIME_REF_COUNT, 0, 0); }
static uint64_t own_time(void) { return read_msr(HV_MSR_TIME_REF_COUNT); }

/* Each reading of the MSR lies between the page's before and behind it. */
static volatile uint64_t outside, backwards;

static void compare(uint64_t (*msr)(void))
{
    uint64_t last = 0;

    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t before = page_time();
        uint64_t time = msr();

        outside += time < before || time > page_time();
        backwards += time < last;
        last = time;
    }
}

static void compare_here(void *argument)
{
    (void)argument;
    compare(own_time);
    compare(vtl1_time);
}

static void test_agreement(void)
{
    for (uint32_t i = 0; i < processor_count; i++) {
        outside = backwards = 0;
        if (i == 0) {
            compare_here(NULL);
        } else {
            note(processor_start(i, compare_here, NULL) && processor_wait(i), "processor-%u", i);
        }
        note(outside == 0 && backwards == 0, "processor-%u:outside-%lu,backwards-%lu", i, outside, backwards);
    }
    report_notes("clock-agrees");
}

static void test_advertised(void)
{
    uint32_t out[4];
    uint64_t value;

    cpuid(HV_CPUID_FEATURES, out);
    note((out[0] & 0xA03) == 0xA03, "eax-0x%x", out[0]);
    note((out[3] & 0x100) == 0x100, "edx-0x%x", out[3]);
    note(((out[0] & 0x8000) != 0) == (try_read_msr(HV_MSR_TSC_INVARIANT_CONTROL, &value) == 0), "tsc-invariant");
    report_notes("clock-advertised");
}

/* The page's scale is the frequency's; the firmware's own clock says about the same. */
static void test_tsc_frequency(void)
{
    uint64_t frequency = read_msr(HV_MSR_TSC_FREQUENCY);
    uint64_t in_a_second = (uint64_t)((unsigned __int128)frequency * page->scale >> 64);
    uint64_t shortest = UINT64_MAX;

    note(in_a_second >= 9999998 && in_a_second <= 10000001, "scale-%lu", in_a_second);
    for (unsigned i = 0; i < 5; i++) {
        uint64_t begin = own_time();

        delay_us(20000);
        begin = own_time() - begin;
        shortest = begin < shortest ? begin : shortest;
    }
    note(shortest >= 19 * MILLISECOND && shortest <= 30 * MILLISECOND, "20ms-are-%lu", shortest);
    report_notes("clock-tsc-frequency");
}

/* Counts of the APIC's timer in a while, scaled to a second; the best of some tries, for emulators that stop meanwhile. */
static void test_apic_frequency(void)
{
    uint64_t frequency = read_msr(HV_MSR_APIC_FREQUENCY);
    uint64_t flags = read_rflags(), best = UINT64_MAX;
    uint32_t lvt, initial, divide;

    __asm__ volatile("cli" : : : "memory");
    lvt = apic_read(APIC_LVT_TIMER);
    initial = apic_read(APIC_INITIAL);
    divide = apic_read(APIC_DIVIDE);
    apic_write(APIC_LVT_TIMER, (lvt & 0xFF) | 0x10000);
    apic_write(APIC_DIVIDE, DIVIDE_BY_1);
    for (unsigned i = 0; i < 10; i++) {
        uint64_t begin, counts, off;

        apic_write(APIC_INITIAL, UINT32_MAX);
        begin = own_time();
        counts = apic_read(APIC_CURRENT);
        while (own_time() - begin < MILLISECOND) {
            pause();
        }
        begin = own_time() - begin;
        counts = (counts - apic_read(APIC_CURRENT)) * 10000000 / begin;
        off = counts > frequency ? counts - frequency : frequency - counts;
        best = off < best ? off : best;
    }
    apic_write(APIC_DIVIDE, divide);
    apic_write(APIC_LVT_TIMER, lvt);
    apic_write(APIC_INITIAL, initial);
    write_rflags(flags);
    report("clock-apic-frequency", frequency != 0 && best < frequency / 20, "off-by-%lu-of-%lu", best, frequency);
}

static bool refused(uint64_t value)
{
    uint64_t before = read_msr(HV_MSR_REFERENCE_TSC);

    return try_write_msr(HV_MSR_REFERENCE_TSC, value) == GP && read_msr(HV_MSR_REFERENCE_TSC) == before;
}

static uint32_t try_write_page(const volatile void *at)
{
    struct probe probe;

    vtl1(COMMAND_POLICY, POLICY_ADVANCE, 0, 0); /* an intercept would be no fault */
    probe_run(&probe, probe_write, (const void *)at);
    return probe.vector;
}

static void test_page_msr(void)
{
    uint64_t here = page_address(page);
    uint8_t *other = pages_take(1, PAGE_SIZE);

    note(read_msr(HV_MSR_REFERENCE_TSC) == (here | 0x7F1), "reads-0x%lx", read_msr(HV_MSR_REFERENCE_TSC));
    note(try_write_page(page) == GP, "page-is-writable");
    note(refused(UINT64_C(0xFEE00001)) && refused(UINT64_MAX), "no-ram");
    note(refused(hypercall_page | 1), "hypercall-page");
    protect(other, 1, HV_MAP_GPA_READABLE);
    note(refused(page_address(other) | 1), "protected");
    protect(other, 1, HV_MAP_GPA_ALL);
    note(page->sequence == 1, "lost");
    note(try_write_msr(HV_MSR_REFERENCE_TSC, page_address(other) | 1) == 0, "moves");
    note(page->scale == 0 && try_write_page(page) == 0, "old-page");
    note(((volatile struct hv_reference_tsc_page *)other)->sequence == 1 && try_write_page(other) == GP, "new-page");
    note(try_write_msr(HV_MSR_REFERENCE_TSC, page_address(other)) == 0 && try_write_page(other) == 0, "disabled");
    report_notes("clock-page-msr");
    write_msr(HV_MSR_REFERENCE_TSC, here | 1);
}

/* What VTL1 has decided about the page meanwhile stays. */
static void test_page_taken(void)
{
    uint8_t *other = pages_take(1, PAGE_SIZE);
    struct probe probe;

    write_msr(HV_MSR_REFERENCE_TSC, page_address(other) | 1);
    note(protect(other, 1, 0) == 0, "protect");
    note(try_write_msr(HV_MSR_REFERENCE_TSC, page_address(page) | 1) == 0, "moves");
    vtl1(COMMAND_POLICY, POLICY_INJECT_GP, 0, 0);
    probe_run(&probe, probe_read, other);
    note(probe.vector == GP, "readable-again");
    protect(other, 1, HV_MAP_GPA_ALL);
    report_notes("clock-page-taken");
}

/* VTL1's page: its own MSR, the same three values, and VTL0's is untouched by it. */
static void test_page_of_vtl1(void)
{
    uint8_t *other = pages_take(1, PAGE_SIZE);

    note(vtl1_value(COMMAND_READ_MSR, HV_MSR_REFERENCE_TSC, 0, 0) == 0, "already-on");
    note(vtl1(COMMAND_WRITE_MSR, HV_MSR_REFERENCE_TSC, page_address(other) | 1, 0).r9 == 0, "refused");
    note(memcmp(other, (const void *)page, 24) == 0, "values-differ");
    note(read_msr(HV_MSR_REFERENCE_TSC) == (page_address(page) | 1), "vtl0-changed");
    note(vtl1(COMMAND_WRITE_MSR, HV_MSR_REFERENCE_TSC, UINT64_C(0xFEE00001), 0).r9 == GP, "mmio");
    note(vtl1(COMMAND_WRITE_MSR, HV_MSR_REFERENCE_TSC, 0, 0).r9 == 0 && other[8] == 0, "disabled");
    report_notes("clock-page-vtl1");
}

static void test_read_only(void)
{
    static const uint32_t msrs[] = { HV_MSR_VP_RUNTIME, HV_MSR_TIME_REF_COUNT, HV_MSR_TSC_FREQUENCY, HV_MSR_APIC_FREQUENCY };
    uint64_t runtime = read_msr(HV_MSR_VP_RUNTIME);

    for (unsigned i = 0; i < sizeof(msrs) / sizeof(msrs[0]); i++) {
        note(try_write_msr(msrs[i], read_msr(msrs[i])) == GP, "0x%x", msrs[i]);
        note(vtl1(COMMAND_WRITE_MSR, msrs[i], 0, 0).r9 == GP, "0x%x-vtl1", msrs[i]);
    }
    note(vtl1_value(COMMAND_READ_MSR, HV_MSR_TSC_FREQUENCY, 0, 0) == read_msr(HV_MSR_TSC_FREQUENCY), "tsc-differs");
    note(vtl1_value(COMMAND_READ_MSR, HV_MSR_APIC_FREQUENCY, 0, 0) == read_msr(HV_MSR_APIC_FREQUENCY), "apic-differs");
    note(runtime < read_msr(HV_MSR_VP_RUNTIME) && read_msr(HV_MSR_VP_RUNTIME) <= own_time(), "runtime");
    report_notes("clock-read-only");
}

void guest_test(void)
{
    page = (void *)pages_take(1, PAGE_SIZE);
    protection_on();
    report("clock-page", try_write_msr(HV_MSR_REFERENCE_TSC, page_address(page) | 0x7F1) == 0 && page->sequence == 1,
           "sequence-%u", page->sequence);
    test_advertised();
    test_agreement();
    test_page_msr();
    test_tsc_frequency();
    test_apic_frequency();
    test_page_taken();
    test_page_of_vtl1();
    test_read_only();
}
