/* The timer of VTL1's local APIC (APM vol. 2, "APIC Timer Operation"), which counts as fast as the machine's. */
#include <hv/local_apic.h>

#include <hv/apic_timer.h>
#include <hv/deadline.h>
#include <hv/interrupts.h>
#include <hv/partition.h>
#include <hv/x86.h>

#define LVT_TIMER    1u /* index */
#define LVT_MASKED   (1u << 16)
#define LVT_PERIODIC (1u << 17)

static uint64_t ticks_of(const struct local_apic *apic, uint64_t counts)
{
    return mul_div(counts * apic_timer_divisor(apic->divide), partition.boot.tsc_frequency, partition.boot.apic_frequency);
}

static bool is_over(const struct local_apic *apic) { return apic->expires != 0 && apic->expires <= rdtsc(); }

/* What has run down raises its interrupt, however it is noticed, and behind a mask is gone; a period goes on. Before each change. */
static void settle(struct cpu *cpu)
{
    struct local_apic *apic = &cpu->vtl[VTL1].apic;
    uint32_t lvt = apic->lvt[LVT_TIMER];
    uint64_t period = ticks_of(apic, apic->initial);

    if (!is_over(apic)) {
        return;
    }
    if ((lvt & LVT_MASKED) == 0 && (uint8_t)lvt >= FIRST_VECTOR) {
        local_apic_raise(cpu, (uint8_t)lvt);
    }
    apic->expires = (lvt & LVT_PERIODIC) != 0 && period != 0 ? apic->expires + ((rdtsc() - apic->expires) / period + 1) * period : 0;
}

static void arm(struct cpu *cpu)
{
    const struct local_apic *apic = &cpu->vtl[VTL1].apic;
    bool on = apic->expires != 0 && (apic->lvt[LVT_TIMER] & LVT_MASKED) == 0;

    deadline_set(cpu, DEADLINE_VTL1_APIC, on ? apic->expires : CLOCK_NEVER);
}

void local_apic_timer_start(struct cpu *cpu, uint32_t counts)
{
    struct local_apic *apic = &cpu->vtl[VTL1].apic;

    settle(cpu);
    apic->initial = counts;
    apic->expires = counts != 0 ? rdtsc() + ticks_of(apic, counts) : 0;
    arm(cpu);
}

uint32_t local_apic_timer_count(const struct cpu *cpu)
{
    const struct local_apic *apic = &cpu->vtl[VTL1].apic;
    uint64_t now = rdtsc();

    return apic->expires > now ? (uint32_t)(mul_div(apic->expires - now, partition.boot.apic_frequency, partition.boot.tsc_frequency)
                                            / apic_timer_divisor(apic->divide))
                               : 0;
}

/* What is left of the count goes on with the new divisor. */
void local_apic_timer_divide(struct cpu *cpu, uint32_t divide)
{
    struct local_apic *apic = &cpu->vtl[VTL1].apic;
    uint32_t left;

    settle(cpu);
    left = local_apic_timer_count(cpu);
    apic->divide = divide;
    apic->expires = left != 0 ? rdtsc() + ticks_of(apic, left) : 0;
    arm(cpu);
}

void local_apic_timer_lvt(struct cpu *cpu, uint32_t value)
{
    settle(cpu);
    cpu->vtl[VTL1].apic.lvt[LVT_TIMER] = value;
    arm(cpu);
}

void local_apic_timer_expired(struct cpu *cpu, enum vtl vtl)
{
    (void)vtl; /* VTL1's */
    settle(cpu);
    arm(cpu);
}
