#include <hv/stimer.h>

#include <hv/deadline.h>
#include <hv/interrupts.h>
#include <hv/message.h>

#define IS_COUNT(msr) (((msr) & 1) != 0)
#define NUMBER(msr)   (((msr) - HV_MSR_STIMER0_CONFIG) / 2)

static bool is_on(const struct stimer *timer) { return (timer->config & HV_STIMER_ENABLED) != 0; }
static bool is_periodic(const struct stimer *timer) { return (timer->config & HV_STIMER_PERIODIC) != 0; }
static bool is_direct(const struct stimer *timer) { return (timer->config & HV_STIMER_DIRECT) != 0; }

/* A timer whose message waits is silent until that is gone: another would say no more. */
static void rearm(struct cpu *cpu, enum vtl vtl)
{
    uint64_t next = CLOCK_NEVER;

    for (unsigned n = 0; n < HV_STIMERS; n++) {
        const struct stimer *timer = &cpu->vtl[vtl].stimer[n];

        if (is_on(timer) && !timer->queued && timer->expires < next) {
            next = timer->expires;
        }
    }
    deadline_set(cpu, vtl == VTL0 ? DEADLINE_VTL0_STIMERS : DEADLINE_VTL1_STIMERS, next == CLOCK_NEVER ? next : clock_tsc_at(next));
}

static uint64_t later(uint64_t time, uint64_t by)
{
    return time + by < time ? CLOCK_NEVER : time + by;
}

/* After every write: no count and no SINT0 in message mode means off; else the time runs from now. */
static void restart(struct cpu *cpu, enum vtl vtl, struct stimer *timer)
{
    timer->queued = false;
    if (timer->count == 0 || (!is_direct(timer) && HV_STIMER_SINT(timer->config) == 0)) {
        timer->config &= ~HV_STIMER_ENABLED;
    }
    timer->expires = is_periodic(timer) ? later(clock_now(), timer->count) : timer->count;
    rearm(cpu, vtl);
}

static bool write_config(struct cpu *cpu, enum vtl vtl, struct stimer *timer, uint64_t value)
{
    if ((value & HV_STIMER_RESERVED) != 0 || ((value & HV_STIMER_DIRECT) != 0 && HV_STIMER_VECTOR(value) < FIRST_VECTOR)) {
        return false;
    }
    timer->config = value;
    restart(cpu, vtl, timer);
    return true;
}

static bool write_count(struct cpu *cpu, enum vtl vtl, struct stimer *timer, uint64_t value)
{
    timer->count = value;
    if ((timer->config & HV_STIMER_AUTO_ENABLE) != 0) {
        timer->config |= HV_STIMER_ENABLED;
    }
    restart(cpu, vtl, timer);
    return true;
}

bool stimer_write(struct cpu *cpu, enum vtl vtl, uint32_t msr, uint64_t value)
{
    struct stimer *timer = &cpu->vtl[vtl].stimer[NUMBER(msr)];

    return IS_COUNT(msr) ? write_count(cpu, vtl, timer, value) : write_config(cpu, vtl, timer, value);
}

uint64_t stimer_read(const struct cpu *cpu, enum vtl vtl, uint32_t msr)
{
    const struct stimer *timer = &cpu->vtl[vtl].stimer[NUMBER(msr)];

    return IS_COUNT(msr) ? timer->count : timer->config;
}

static bool tell(struct cpu *cpu, enum vtl vtl, unsigned n, uint64_t expiration)
{
    uint64_t config = cpu->vtl[vtl].stimer[n].config;
    struct hv_message message = { .type = HV_MESSAGE_TIMER_EXPIRED, .payload = { 0 } }; /* all of it becomes the VTL's */

    message.payload_size = sizeof(message.timer);
    message.timer.timer_index = n;
    message.timer.expiration_time = expiration;
    message.timer.delivery_time = clock_now();
    if ((config & HV_STIMER_DIRECT) != 0) {
        synthetic_interrupt(cpu, vtl, HV_STIMER_VECTOR(config), false);
        return true;
    }
    return message_post(cpu, vtl, HV_STIMER_SINT(config), &message);
}

/* Periods that nobody saw are left out, whether the timer is lazy or not. */
static void advance(struct stimer *timer)
{
    uint64_t now = clock_now();

    if (!is_periodic(timer)) {
        timer->config &= ~HV_STIMER_ENABLED;
    } else if (timer->expires <= now) {
        timer->expires = later(timer->expires, ((now - timer->expires) / timer->count + 1) * timer->count);
    }
}

void stimers_expired(struct cpu *cpu, enum vtl vtl)
{
    uint64_t now = clock_now();

    for (unsigned n = 0; n < HV_STIMERS; n++) {
        struct stimer *timer = &cpu->vtl[vtl].stimer[n];

        if (is_on(timer) && !timer->queued && timer->expires <= now) {
            timer->expired_at = timer->expires;
            advance(timer);
            timer->queued = !tell(cpu, vtl, n, timer->expired_at);
        }
    }
    rearm(cpu, vtl);
}

void stimers_retry(struct cpu *cpu, enum vtl vtl)
{
    for (unsigned n = 0; n < HV_STIMERS; n++) {
        struct stimer *timer = &cpu->vtl[vtl].stimer[n];

        if (timer->queued && tell(cpu, vtl, n, timer->expired_at)) {
            timer->queued = false;
            advance(timer);
            rearm(cpu, vtl);
        }
    }
}

void stimers_reset(struct cpu *cpu, enum vtl vtl)
{
    for (unsigned n = 0; n < HV_STIMERS; n++) {
        cpu->vtl[vtl].stimer[n] = (struct stimer){ 0 };
    }
    rearm(cpu, vtl);
}
