#include <hv/apic_timer.h>

#include <hv/apic.h>
#include <hv/deadline.h>
#include <hv/guarded.h>
#include <hv/partition.h>
#include <hv/x86.h>

/* APM vol. 2, "APIC Timer Operation". */
enum {
    APIC_EOI = 0xB0, APIC_SVR = 0xF0, APIC_ISR = 0x100, APIC_IRR = 0x200, APIC_LVT_TIMER = 0x320, APIC_INITIAL = 0x380,
    APIC_CURRENT = 0x390, APIC_DIVIDE = 0x3E0,
};

#define LVT_MASKED   (1u << 16)
#define LVT_PERIODIC (1u << 17)
#define LVT_KNOWN    (LVT_MASKED | LVT_PERIODIC | 0xFFu)
#define DIVIDE_BY_1  0xBu

#define OWN_WORD(o)  ((o) + APIC_TIMER_VECTOR / 32 * 0x10)
#define OWN_BIT      (1u << APIC_TIMER_VECTOR % 32)

uint64_t apic_timer_divisor(uint32_t divide)
{
    uint32_t power = (divide & 3) | (divide >> 1 & 4);

    return power == 7 ? 1 : UINT64_C(2) << power;
}

static uint64_t ticks_of(const struct apic_timer *timer, uint64_t counts)
{
    return mul_div(counts * apic_timer_divisor(timer->divide), partition.boot.tsc_frequency, partition.boot.apic_frequency);
}

static uint32_t counts_of(uint64_t ticks, uint64_t divided_by)
{
    uint64_t counts = mul_div(ticks, partition.boot.apic_frequency, partition.boot.tsc_frequency) / divided_by;

    return counts < UINT32_MAX ? (uint32_t)counts : UINT32_MAX;
}

static bool is_periodic(const struct apic_timer *timer) { return (timer->lvt & LVT_PERIODIC) != 0; }

/*
 * VTL0's count at this moment: what has run down sends its interrupt, however it is noticed, and behind a mask is gone; a
 * period goes on. Before whatever changes it.
 */
static void settle(struct cpu *cpu)
{
    struct apic_timer *timer = &cpu->timer;
    uint64_t now = rdtsc(), period = ticks_of(timer, timer->initial);

    if (timer->expires != 0 && timer->expires <= now) {
        bool goes_on = is_periodic(timer) && period != 0;

        if ((timer->lvt & LVT_MASKED) == 0) {
            apic_send_self((uint8_t)timer->lvt);
        }
        timer->expires = goes_on ? timer->expires + ((now - timer->expires) / period + 1) * period : 0;
    }
    deadline_set(cpu, DEADLINE_VTL0_APIC,
                 timer->expires != 0 && (timer->lvt & LVT_MASKED) == 0 ? timer->expires : CLOCK_NEVER);
}

static uint32_t counts_left(struct cpu *cpu)
{
    const struct apic_timer *timer = &cpu->timer;
    uint64_t now;

    settle(cpu);
    now = rdtsc();
    return timer->expires > now ? counts_of(timer->expires - now, apic_timer_divisor(timer->divide)) : 0;
}

static void own_lvt(struct cpu *cpu)
{
    apic_put(APIC_DIVIDE, DIVIDE_BY_1);
    apic_put(APIC_LVT_TIMER, APIC_TIMER_VECTOR);
    cpu->timer.programmed = 0;
}

/* VTL0's timer as it stands goes here; its vector may be pending in the APIC and stays so. */
static void take(struct cpu *cpu)
{
    struct apic_timer *timer = &cpu->timer;
    uint32_t left = apic_read(APIC_CURRENT);

    *timer = (struct apic_timer){
        .taken = true, .lvt = apic_read(APIC_LVT_TIMER) & LVT_KNOWN, .initial = apic_read(APIC_INITIAL),
        .divide = apic_read(APIC_DIVIDE),
    };
    if (left == 0 && is_periodic(timer)) {
        left = timer->initial; /* at the moment of its reload */
    }
    timer->expires = left != 0 ? rdtsc() + ticks_of(timer, left) : 0;
    own_lvt(cpu);
    settle(cpu);
    guarded_hide_apic(cpu);
}

/* Nobody waits: the registers are the hardware's again, and the count stands still. */
static void give_back(struct cpu *cpu)
{
    struct apic_timer *timer = &cpu->timer;

    apic_put(APIC_INITIAL, 0);
    if ((apic_read(OWN_WORD(APIC_IRR)) & OWN_BIT) != 0) {
        timer->programmed = 0; /* one is still on its way: first it must be taken here */
        return;
    }
    timer->taken = false;
    apic_put(APIC_LVT_TIMER, timer->lvt);
    apic_put(APIC_DIVIDE, timer->divide);
}

/* VTL1 runs in between, however short a period of VTL0's is: without it never an instruction. */
static void program(struct cpu *cpu, uint64_t tsc)
{
    uint64_t now = rdtsc(), least = cpu->active == VTL1 ? partition.boot.tsc_frequency / LEAST_RUNS_A_SECOND : 0;
    uint32_t counts = tsc == CLOCK_NEVER ? 0 : counts_of(tsc > now && tsc - now > least ? tsc - now : least, 1);

    if (tsc != cpu->timer.programmed) {
        cpu->timer.programmed = tsc;
        apic_put(APIC_INITIAL, tsc == CLOCK_NEVER || counts == UINT32_MAX ? counts : counts + 1);
    }
}

void apic_timer_set(struct cpu *cpu, uint64_t tsc)
{
    if (!cpu->timer.taken) {
        if (tsc == CLOCK_NEVER) {
            return;
        }
        take(cpu);
    } else if (cpu->timer.expires == 0 && !deadline_is_on(cpu, VTL0)) {
        give_back(cpu);
        return;
    }
    program(cpu, deadline_next(cpu));
}

/* A new count, with nobody else waiting, is the hardware's to count. */
static bool start(struct cpu *cpu, uint32_t value)
{
    struct apic_timer *timer = &cpu->timer;

    settle(cpu);
    if (!deadline_is_on(cpu, VTL0)) {
        deadline_set(cpu, DEADLINE_VTL0_APIC, CLOCK_NEVER);
        give_back(cpu);
    }
    if (!timer->taken) {
        return false;
    }
    timer->initial = value;
    timer->expires = value != 0 ? rdtsc() + ticks_of(timer, value) : 0;
    settle(cpu);
    return true;
}

/* What is left of the count when the divisor changes is not said in the manuals: it goes on with the new one. */
static void change_divisor(struct cpu *cpu, uint32_t value)
{
    struct apic_timer *timer = &cpu->timer;
    uint32_t left = counts_left(cpu);

    timer->divide = value & 0xB;
    timer->expires = left != 0 ? rdtsc() + ticks_of(timer, left) : 0;
    settle(cpu);
}

bool apic_timer_write(struct cpu *cpu, uint32_t offset, uint32_t value)
{
    if (!cpu->timer.taken) {
        return false;
    }
    switch (offset) {
    case APIC_LVT_TIMER:
        settle(cpu);
        cpu->timer.lvt = value & LVT_KNOWN;
        settle(cpu);
        return true;
    case APIC_INITIAL: return start(cpu, value);
    case APIC_DIVIDE: change_divisor(cpu, value); return true;
    default: return false;
    }
}

bool apic_timer_read(struct cpu *cpu, uint32_t offset, uint32_t *value)
{
    const struct apic_timer *timer = &cpu->timer;

    if (!timer->taken) {
        return false;
    }
    switch (offset) {
    case APIC_LVT_TIMER: *value = timer->lvt; return true;
    case APIC_INITIAL: *value = timer->initial; return true;
    case APIC_DIVIDE: *value = timer->divide; return true;
    case APIC_CURRENT:
        *value = counts_left(cpu);
        return true;
    default: return false;
    }
}

void apic_timer_expired(struct cpu *cpu, enum vtl vtl)
{
    (void)vtl; /* VTL0's: the only one with a hardware APIC */
    settle(cpu);
}

static bool in_service(void) { return (apic_read(OWN_WORD(APIC_ISR)) & OWN_BIT) != 0; }

/* Bochs does not end one whose vector is the spurious interrupts', which VTL0 chose (docs/trials.md, E21). */
static void end_interrupt(void)
{
    apic_put(APIC_EOI, 0);
    if (in_service()) {
        uint32_t spurious = apic_read(APIC_SVR);

        apic_put(APIC_SVR, spurious ^ 1);
        apic_put(APIC_EOI, 0);
        apic_put(APIC_SVR, spurious);
    }
}

bool apic_timer_interrupt(struct cpu *cpu, uint8_t vector)
{
    if (!cpu->timer.taken || vector != APIC_TIMER_VECTOR || !in_service()) {
        return false;
    }
    end_interrupt();
    cpu->timer.programmed = 0;
    return true;
}

/* "Local Vector Table": a disabled APIC masks all of it. */
void apic_timer_refresh(struct cpu *cpu, bool enabled)
{
    if (!cpu->timer.taken) {
        return;
    }
    cpu->timer.lvt |= enabled ? 0 : LVT_MASKED;
    own_lvt(cpu);
    settle(cpu);
}

void apic_timer_reset(struct cpu *cpu)
{
    /* One of the hypervisor's that is still on its way must not become VTL0's. */
    cpu->timer = (struct apic_timer){ .taken = (apic_read(OWN_WORD(APIC_IRR)) & OWN_BIT) != 0, .lvt = LVT_MASKED };
    if (cpu->timer.taken) {
        own_lvt(cpu);
    }
    deadline_set(cpu, DEADLINE_VTL0_APIC, CLOCK_NEVER);
}
