/*
 * VTL0's own APIC timer while a synthetic timer waits: on AMD the hypervisor
 * needs the hardware's for itself, and nobody may see it. With a synthetic
 * timer far away, near, and none.
 */
#include "timers.h"

#define LVT_TIMER  0x320u
#define INITIAL    0x380u
#define CURRENT    0x390u
#define DIVIDE     0x3E0u
#define MASKED     0x10000u
#define PERIODIC   0x20000u
#define DIVIDE_2   0x0u
#define DIVIDE_1   0xBu

static uint64_t hertz;

static uint32_t counts(uint64_t time) { return (uint32_t)(time * hertz / 10000000); }

static void one_shot(const char *name, uint32_t divide, unsigned by)
{
    uint64_t before = interrupts_here(), time = now() + 2 * MILLISECOND;

    apic_write(INITIAL, 0); /* what counts still, the firmware's above all, must not end as ours */
    apic_write(DIVIDE, divide);
    apic_write(LVT_TIMER, VECTOR_TEST);
    apic_write(INITIAL, counts(2 * MILLISECOND) / by);
    note(apic_read(INITIAL) == counts(2 * MILLISECOND) / by && apic_read(LVT_TIMER) == VECTOR_TEST && apic_read(DIVIDE) == divide,
         "%s:registers", name);
    note(wait_interrupts(before + 1, PATIENCE) == before + 1, "%s:one-shot", name);
    note(now() >= time - MILLISECOND / 5, "%s:early", name);
    note(apic_read(CURRENT) == 0, "%s:current-%u", name, apic_read(CURRENT));
    note(wait_interrupts(before + 2, 4 * MILLISECOND) == before + 1, "%s:again", name);
}

static void periodic(const char *name)
{
    uint64_t before = interrupts_here(), begin = now();

    apic_write(INITIAL, 0);
    apic_write(DIVIDE, DIVIDE_1);
    apic_write(LVT_TIMER, PERIODIC | VECTOR_TEST);
    apic_write(INITIAL, counts(2 * MILLISECOND));
    note(wait_interrupts(before + 4, PATIENCE) >= before + 4, "%s:periodic", name);
    note(now() - begin >= 7 * MILLISECOND, "%s:periodic-early", name);
    note(apic_read(CURRENT) <= counts(2 * MILLISECOND) && apic_read(LVT_TIMER) == (PERIODIC | VECTOR_TEST), "%s:current", name);
    apic_write(INITIAL, 0);
    before = wait_interrupts(UINT64_MAX, MILLISECOND); /* what was on its way */
    note(wait_interrupts(before + 1, 5 * MILLISECOND) == before && apic_read(CURRENT) == 0, "%s:does-not-stop", name);
}

/* What passes between two readings is more than between readings of the clock inside, and less than outside. */
static bool counts_in_time(void)
{
    uint64_t times[4];
    uint32_t first, second;

    times[0] = now();
    first = apic_read(CURRENT);
    times[1] = now();
    spin_until(times[1] + 5 * MILLISECOND);
    times[2] = now();
    second = apic_read(CURRENT);
    times[3] = now();
    return first - second >= counts(times[2] - times[1]) / 50 * 49 && first - second <= counts(times[3] - times[0]) / 49 * 50;
}

/* The current count falls with reference time; masked, nothing comes. */
static void masked(const char *name)
{
    uint64_t before = interrupts_here();

    apic_write(DIVIDE, DIVIDE_1);
    apic_write(LVT_TIMER, MASKED | VECTOR_TEST);
    apic_write(INITIAL, counts(1000 * MILLISECOND));
    note(counts_in_time(), "%s:speed", name);
    apic_write(INITIAL, counts(MILLISECOND));
    note(wait_interrupts(before + 1, 4 * MILLISECOND) == before && apic_read(CURRENT) == 0, "%s:masked", name);
}

static void all(const char *name)
{
    one_shot(name, DIVIDE_1, 1);
    one_shot(name, DIVIDE_2, 2);
    periodic(name);
    masked(name);
}

/* Two interrupts of one vector: an emulator that stands still for as long makes them one, and gets another try. */
static bool both_come(void)
{
    for (unsigned i = 0; i < 5; i++) {
        uint64_t before = interrupts_here(), time = now() + 20 * MILLISECOND;

        apic_write(INITIAL, counts(20 * MILLISECOND));
        write_msr(COUNT(0), now() + 2 * MILLISECOND);
        while (wait_interrupts(before + 2, 2 * MILLISECOND) < before + 2 && (apic_read(CURRENT) != 0 || now() < time)) {
            pause();
        }
        if (wait_interrupts(before + 3, 3 * MILLISECOND) == before + 2) {
            return now() >= time;
        }
    }
    return false;
}

/* A native count that runs when the hypervisor takes the timer, and one that runs when it gives it back. */
static void handed_over(void)
{
    uint64_t before;

    apic_write(DIVIDE, DIVIDE_1);
    apic_write(LVT_TIMER, VECTOR_TEST);
    write_msr(CONFIG(0), HV_STIMER_AUTO_ENABLE | DIRECT_TEST);
    note(both_come(), "over");
    before = interrupts_here();
    apic_write(INITIAL, counts(2 * MILLISECOND));
    note(wait_interrupts(before + 1, PATIENCE) == before + 1, "over:native");
    note(apic_read(LVT_TIMER) == VECTOR_TEST && apic_read(DIVIDE) == DIVIDE_1, "over:registers");
}

static void here(void *argument)
{
    uint32_t lvt, initial, divide;
    uint64_t flags = read_rflags();

    (void)argument;
    __asm__ volatile("cli" : : : "memory");
    lvt = apic_read(LVT_TIMER);
    initial = apic_read(INITIAL);
    divide = apic_read(DIVIDE);
    hertz = read_msr(HV_MSR_APIC_FREQUENCY);
    all("alone");
    handed_over();
    write_msr(CONFIG(0), HV_STIMER_AUTO_ENABLE | DIRECT_TEST);
    write_msr(COUNT(0), now() + 100 * PATIENCE);
    all("far");
    write_msr(COUNT(0), 0);
    all("back");
    apic_write(DIVIDE, divide);
    apic_write(LVT_TIMER, lvt);
    apic_write(INITIAL, initial);
    write_rflags(flags);
}

void test_apic_timer(void)
{
    here(NULL);
    report_notes("timers-apic");
    for (uint32_t i = 1; i < processor_count; i++) {
        note(processor_start(i, here, NULL) && processor_wait(i), "processor-%u", i);
    }
    note(true, "-");
    report_notes("timers-apic-elsewhere");
}
