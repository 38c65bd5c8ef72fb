/*
 * Synthetic timers (TLFS, "Synthetic Timers"), as kvm-unit-tests'
 * hyperv_stimer looks at them, and what they must not disturb. Every wait ends
 * with an event or after its limit in reference time.
 */
#include "timers.h"

static volatile struct hv_reference_tsc_page *page;

uint64_t now(void)
{
    return (uint64_t)((unsigned __int128)read_tsc() * page->scale >> 64) + (uint64_t)page->offset;
}

uint64_t interrupts_here(void) { return interrupt_count[processor_self()]; }

uint64_t wait_interrupts(uint64_t at_least, uint64_t limit)
{
    volatile uint64_t *count = &interrupt_count[processor_self()];
    uint64_t flags = read_rflags(), end = now() + limit;

    __asm__ volatile("sti" : : : "memory");
    while (*count < at_least && now() < end) {
        pause();
    }
    write_rflags(flags);
    return *count;
}

void spin_until(uint64_t time)
{
    while (now() < time) {
        pause();
    }
}

void vtl1_write(uint32_t msr, uint64_t value) { vtl1(COMMAND_WRITE_MSR, msr, value, 0); }
uint64_t vtl1_read(uint32_t msr) { return vtl1_value(COMMAND_READ_MSR, msr, 0, 0); }

static void one_shot(unsigned n, uint64_t delay)
{
    uint64_t before = interrupts_here(), time = now() + delay;

    write_msr(CONFIG(n), DIRECT_TEST | HV_STIMER_AUTO_ENABLE);
    write_msr(COUNT(n), time);
    note(wait_interrupts(before + 1, PATIENCE) == before + 1, "one-shot-%u:%lu", n, interrupts_here() - before);
    note(now() >= time, "one-shot-%u:%lu-early", n, time - now());
    note(read_msr(CONFIG(n)) == (DIRECT_TEST | HV_STIMER_AUTO_ENABLE), "one-shot-%u:config-0x%lx", n, read_msr(CONFIG(n)));
    note(wait_interrupts(before + 2, 3 * MILLISECOND) == before + 1, "one-shot-%u:again", n);
}

static void periodic(unsigned n, uint64_t period)
{
    uint64_t before = interrupts_here(), begin = now();

    write_msr(CONFIG(n), 0);
    write_msr(COUNT(n), period);
    write_msr(CONFIG(n), DIRECT_TEST | HV_STIMER_PERIODIC | HV_STIMER_ENABLED);
    note(wait_interrupts(before + 4, PATIENCE) >= before + 4, "periodic-%u:%lu", n, interrupts_here() - before);
    note(now() - begin >= 4 * period, "periodic-%u:early", n);
    write_msr(COUNT(n), 0);
    note((read_msr(CONFIG(n)) & HV_STIMER_ENABLED) == 0, "periodic-%u:still-on", n);
    before = wait_interrupts(UINT64_MAX, MILLISECOND); /* what was on its way */
    note(wait_interrupts(before + 1, 2 * period) == before, "periodic-%u:goes-on", n);
}

/* STI's shadow lets no interrupt between the look and the rest. */
void rest_hlt(void) { __asm__ volatile("sti\n\thlt\n\tcli" : : : "memory"); }

void rest_idle(void)
{
    uint32_t low = 1, high = 1;

    __asm__ volatile("sti\n\trdmsr\n\tcli" : "=a"(low), "=d"(high) : "c"(HV_MSR_GUEST_IDLE) : "memory");
    note((low | high) == 0, "idle:value-0x%x-0x%x", low, high);
}

/* Halted, and with IF = 0 until it has long expired: one interrupt each. */
static void halted_and_closed(void)
{
    uint64_t before = interrupts_here(), time, flags = read_rflags();

    __asm__ volatile("cli" : : : "memory");
    write_msr(CONFIG(0), DIRECT_TEST | HV_STIMER_AUTO_ENABLE);
    time = now() + 2 * MILLISECOND;
    write_msr(COUNT(0), time);
    while (interrupts_here() == before && now() < time + PATIENCE) {
        rest_hlt();
    }
    note(interrupts_here() == before + 1 && now() >= time, "halted:%lu", interrupts_here() - before);
    time = now() + MILLISECOND;
    write_msr(COUNT(0), time);
    spin_until(time + 2 * MILLISECOND);
    note(interrupts_here() == before + 1, "taken-with-IF-0");
    note(wait_interrupts(before + 2, PATIENCE) == before + 2, "closed:lost");
    note(wait_interrupts(before + 3, 2 * MILLISECOND) == before + 2, "closed:twice");
    write_rflags(flags);
}

static void direct_here(void *argument)
{
    (void)argument;
    for (unsigned n = 0; n < HV_STIMERS; n++) {
        one_shot(n, 2 * MILLISECOND);
        one_shot(n, 0);
        periodic(n, 2 * MILLISECOND);
    }
    halted_and_closed();
}

static void test_direct(void)
{
    for (uint32_t i = 0; i < processor_count; i++) {
        if (i == 0) {
            direct_here(NULL);
        } else {
            note(processor_start(i, direct_here, NULL) && processor_wait(i), "processor-%u", i);
        }
    }
    report_notes("timers-direct");
}

static bool is_on(unsigned n) { return (read_msr(CONFIG(n)) & HV_STIMER_ENABLED) != 0; }

/* All four at once: one is off only when its time has come, and then soon. */
static void test_four(void)
{
    uint64_t before = interrupts_here(), begin = now() + 3 * MILLISECOND;

    for (unsigned n = 0; n < HV_STIMERS; n++) {
        write_msr(CONFIG(n), DIRECT_TEST | HV_STIMER_AUTO_ENABLE);
        write_msr(COUNT(n), begin + (3 - n) * 3 * MILLISECOND);
    }
    for (unsigned n = HV_STIMERS; n-- > 0;) {
        while (is_on(n) && now() < begin + PATIENCE) {
            pause();
        }
        note(!is_on(n) && now() >= begin + (3 - n) * 3 * MILLISECOND, "four:%u", n);
    }
    note(wait_interrupts(before + 1, PATIENCE) > before && interrupts_here() <= before + 4, "four:interrupts");
    report_notes("timers-four");
}

static void test_advertised(void)
{
    uint32_t out[4];

    cpuid(HV_CPUID_FEATURES, out);
    report("timers-advertised", (out[0] & 1u << 3) != 0 && (out[3] & 5u << 17) == 5u << 17, "0x%x-0x%x", out[0], out[3]);
}

void guest_test(void)
{
    page = (void *)pages_take(1, PAGE_SIZE);
    write_msr(HV_MSR_REFERENCE_TSC, (uint64_t)(uintptr_t)page | HV_MSR_PAGE_ENABLE);
    test_advertised();
    test_rules();
    test_direct();
    test_four();
    test_messages();
    test_apic_timer();
    test_timers_of_vtl1();
    test_idle();
}
