/*
 * The TSC and the local APIC's timer, measured against channel 2 of the 8254
 * (Intel 8254 data sheet, "Mode 0"; its gate is port 61h, bit 0). The
 * processor's own word (SDM vol. 2A, CPUID leaf 15h) counts where the
 * measurement bears it out: emulators repeat a model's numbers at any speed.
 */
#include "clock.h"

#include "cpu.h"
#include "firmware.h"
#include "log.h"

#define PIT_HZ        UINT64_C(1193182)
#define PIT_CHANNEL_2 0x42u
#define PIT_CONTROL   0x43u
#define GATE_PORT     0x61u
#define ONE_SHOT      0xB0u /* channel 2, low and high byte, mode 0 */
#define LATCH         0x80u
#define TICKS         50000u /* 42 ms */
#define TRIES         16u
#define PATIENCE      1000000u
#define ATTEMPTS      8u /* whoever has the processor for 13 ms meanwhile (SMM, a busy host) lets the counter run over */

#define APIC_LVT_TIMER 0x320u
#define APIC_INITIAL   0x380u
#define APIC_CURRENT   0x390u
#define APIC_DIVIDE    0x3E0u
#define LVT_MASKED     0x10000u
#define DIVIDE_BY_1    0xBu

struct sample {
    uint64_t tsc;
    uint32_t apic, pit;
};

static uint64_t read_tsc(void)
{
    uint32_t low, high;

    __asm__ volatile("lfence\n\trdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

static volatile uint32_t *apic(uint32_t offset)
{
    return (volatile uint32_t *)(uintptr_t)((cpu_rdmsr(MSR_APIC_BASE) & APIC_BASE_ADDRESS) + offset);
}

/* All three at nearly one moment: of some tries, the one that took least time. */
static struct sample take_sample(void)
{
    struct sample best = { 0 };
    uint64_t shortest = UINT64_MAX;

    for (unsigned i = 0; i < TRIES; i++) {
        uint64_t before = read_tsc();
        struct sample s;
        uint64_t after;

        s.apic = *apic(APIC_CURRENT);
        cpu_outb(PIT_CONTROL, LATCH);
        after = read_tsc();
        s.pit = cpu_inb(PIT_CHANNEL_2);
        s.pit |= (uint32_t)cpu_inb(PIT_CHANNEL_2) << 8;
        s.tsc = before + (after - before) / 2;
        if (after - before < shortest) {
            shortest = after - before;
            best = s;
        }
    }
    return best;
}

static uint32_t pit_count(void)
{
    uint32_t low;

    cpu_outb(PIT_CONTROL, LATCH);
    low = cpu_inb(PIT_CHANNEL_2);
    return low | (uint32_t)cpu_inb(PIT_CHANNEL_2) << 8;
}

/* False: the counter does not count. */
static bool run(struct sample *first, struct sample *last)
{
    unsigned patience = PATIENCE;

    cpu_outb(GATE_PORT, (uint8_t)((cpu_inb(GATE_PORT) & ~2u) | 1u));
    cpu_outb(PIT_CONTROL, ONE_SHOT);
    cpu_outb(PIT_CHANNEL_2, 0xFF);
    cpu_outb(PIT_CHANNEL_2, 0xFF);
    *first = take_sample();
    while (patience-- > 0 && pit_count() > first->pit - TICKS) {
        __asm__ volatile("pause");
    }
    *last = take_sample();
    return first->pit > TICKS && first->pit - last->pit >= TICKS && first->pit - last->pit < 0xFFFF;
}

static bool measure(struct hv_handoff *handoff)
{
    uint32_t lvt = *apic(APIC_LVT_TIMER), initial = *apic(APIC_INITIAL), divide = *apic(APIC_DIVIDE);
    uint8_t gate = cpu_inb(GATE_PORT);
    struct sample first, last;
    bool counted;

    *apic(APIC_LVT_TIMER) = (lvt & 0xFF) | LVT_MASKED;
    *apic(APIC_DIVIDE) = DIVIDE_BY_1;
    *apic(APIC_INITIAL) = UINT32_MAX;
    counted = run(&first, &last);
    cpu_outb(GATE_PORT, gate);
    *apic(APIC_DIVIDE) = divide;
    *apic(APIC_LVT_TIMER) = lvt;
    *apic(APIC_INITIAL) = initial;
    if (counted) {
        handoff->tsc_frequency = (last.tsc - first.tsc) * PIT_HZ / (first.pit - last.pit);
        handoff->apic_frequency = (first.apic - last.apic) * PIT_HZ / (first.pit - last.pit);
    }
    return counted;
}

static uint64_t told_by_processor(void)
{
    uint32_t out[4];

    cpu_cpuid(0, 0, out);
    if (out[0] < 0x15) {
        return 0;
    }
    cpu_cpuid(0x15, 0, out);
    return out[0] != 0 ? (uint64_t)out[2] * out[1] / out[0] : 0;
}

bool clock_measure(struct hv_handoff *handoff)
{
    uint64_t told = told_by_processor();
    EFI_TPL level = firmware.services->RaiseTPL(TPL_HIGH_LEVEL);
    bool measured = false;
    uint64_t off;

    for (unsigned i = 0; i < ATTEMPTS && !measured; i++) {
        measured = measure(handoff);
    }
    firmware.services->RestoreTPL(level);
    if (!measured || handoff->tsc_frequency < CLOCK_SLOWEST_TSC / 10 * 9 || handoff->apic_frequency == 0) {
        log_error("clock: the 8254 does not count, or the TSC is slower than 10 MHz");
        return false;
    }
    off = told > handoff->tsc_frequency ? told - handoff->tsc_frequency : handoff->tsc_frequency - told;
    if (off < told / 100) {
        handoff->tsc_frequency = told;
    }
    if (handoff->tsc_frequency < CLOCK_SLOWEST_TSC) {
        handoff->tsc_frequency = CLOCK_SLOWEST_TSC;
    }
    log_info("clock: TSC %lu Hz, local APIC timer %lu Hz", handoff->tsc_frequency, handoff->apic_frequency);
    return true;
}
