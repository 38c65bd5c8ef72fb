#include <hv/deadline.h>

#include <hv/apic_timer.h>
#include <hv/local_apic.h>
#include <hv/stimer.h>
#include <hv/vina.h>
#include <hv/x86.h>

static const struct {
    enum vtl vtl;
    void (*expired)(struct cpu *cpu, enum vtl vtl);
} rows[DEADLINE_COUNT] = {
    [DEADLINE_VTL0_STIMERS] = { VTL0, stimers_expired },
    [DEADLINE_VTL1_STIMERS] = { VTL1, stimers_expired },
    [DEADLINE_VTL0_APIC] = { VTL0, apic_timer_expired },
    [DEADLINE_VTL1_APIC] = { VTL1, local_apic_timer_expired },
};

/* Off is 0 in struct cpu, so that a new processor has none on. */
void deadline_set(struct cpu *cpu, enum deadline which, uint64_t tsc)
{
    cpu->deadlines[which] = tsc == CLOCK_NEVER ? 0 : tsc;
}

/* One of VTL0 can be an interrupt, which VTL1 may wait to be told of. */
static bool ends_run(struct cpu *cpu, unsigned which)
{
    return rows[which].vtl >= cpu->active || vina_watches(cpu);
}

uint64_t deadline_next(struct cpu *cpu)
{
    uint64_t next = CLOCK_NEVER;

    for (unsigned i = 0; i < DEADLINE_COUNT; i++) {
        if (cpu->deadlines[i] != 0 && cpu->deadlines[i] < next && ends_run(cpu, i)) {
            next = cpu->deadlines[i];
        }
    }
    return next;
}

bool deadline_is_on(const struct cpu *cpu, enum vtl lowest)
{
    bool on = false;

    for (unsigned i = 0; i < DEADLINE_COUNT; i++) {
        on = on || (cpu->deadlines[i] != 0 && rows[i].vtl >= lowest && i != DEADLINE_VTL0_APIC);
    }
    return on;
}

/* A row may switch to VTL1; what is left of VTL0's then waits. */
void deadlines_run(struct cpu *cpu)
{
    for (unsigned i = 0; i < DEADLINE_COUNT; i++) {
        if (cpu->deadlines[i] != 0 && cpu->deadlines[i] <= rdtsc() && ends_run(cpu, i)) {
            cpu->deadlines[i] = 0;
            rows[i].expired(cpu, rows[i].vtl);
        }
    }
}
