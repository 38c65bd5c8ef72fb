/* Message mode: the slot, its pending flag, EOM, and each kind of SINT, in VTL0. */
#include "timers.h"

#include <lib/string.h>

#define SINT    2u
#define PERIOD  MILLISECOND
#define MESSAGE ((uint64_t)SINT << 16)

static volatile struct hv_message *slot;

static bool wait_message(uint64_t limit)
{
    uint64_t end = now() + limit;

    while (slot->type == HV_MESSAGE_NONE && now() < end) {
        pause();
    }
    return slot->type != HV_MESSAGE_NONE;
}

static void release(void)
{
    slot->flags = 0;
    slot->type = HV_MESSAGE_NONE;
    write_msr(HV_MSR_EOM, 0);
}

static uint64_t start(unsigned n)
{
    uint64_t time = now() + PERIOD;

    write_msr(CONFIG(n), MESSAGE | HV_STIMER_AUTO_ENABLE);
    write_msr(COUNT(n), time);
    return time;
}

/* One timer's message, byte by byte. */
static void one_message(unsigned n)
{
    uint64_t before = interrupts_here(), time = start(n);

    note(wait_interrupts(before + 1, PATIENCE) == before + 1, "%u:no-interrupt", n);
    note(slot->type == HV_MESSAGE_TIMER_EXPIRED && slot->payload_size == 24 && slot->flags == 0 && slot->reserved == 0 && slot->origin == 0,
         "%u:header-0x%x", n, slot->type);
    note(slot->timer.timer_index == n && slot->timer.reserved == 0, "%u:index-%u", n, slot->timer.timer_index);
    note(slot->timer.expiration_time == time, "%u:expiration", n);
    note(slot->timer.delivery_time >= time && slot->timer.delivery_time <= now(), "%u:delivery", n);
    note((read_msr(CONFIG(n)) & HV_STIMER_ENABLED) == 0, "%u:still-on", n);
    release();
}

/* The slot is occupied: the flag tells, and the message comes at EOM, with its own expiration time. */
static void occupied(void)
{
    uint64_t before = interrupts_here(), first = start(0), second;

    note(wait_interrupts(before + 1, PATIENCE) == before + 1, "occupied:first");
    second = start(1);
    spin_until(second + PERIOD);
    write_msr(COUNT(2), 0); /* an exit: the time has been looked at */
    note(slot->timer.timer_index == 0 && slot->timer.expiration_time == first, "occupied:overwritten");
    note((slot->flags & HV_MESSAGE_FLAG_PENDING) != 0, "occupied:no-flag");
    note(wait_interrupts(before + 2, PERIOD) == before + 1, "occupied:interrupt");
    release();
    note(wait_interrupts(before + 2, PATIENCE) == before + 2, "occupied:not-retried");
    note(slot->type == HV_MESSAGE_TIMER_EXPIRED && slot->timer.timer_index == 1 && slot->timer.expiration_time == second
             && slot->timer.delivery_time >= second + PERIOD, "occupied:second-%u", slot->timer.timer_index);
    release();
}

/* A periodic timer with a full slot waits; stopped, its waiting message is gone. */
static void periodic_waits(void)
{
    uint64_t before = interrupts_here();

    write_msr(COUNT(3), PERIOD);
    write_msr(CONFIG(3), MESSAGE | HV_STIMER_PERIODIC | HV_STIMER_ENABLED);
    for (unsigned i = 1; i <= 3; i++) {
        note(wait_interrupts(before + i, PATIENCE) == before + i, "periodic:%u", i);
        note(wait_interrupts(before + i + 1, 3 * PERIOD) == before + i, "periodic:%u-twice", i);
        if (i < 3) {
            release();
        }
    }
    write_msr(COUNT(3), 0);
    release();
    note(wait_interrupts(before + 4, 2 * PERIOD) == before + 3 && slot->type == HV_MESSAGE_NONE, "periodic:after-stop");
}

/* Masked and polled: the message alone. AutoEOI: the interrupt, and nothing stays in service. */
static void kinds_of_sint(void)
{
    static const uint64_t silent[] = { HV_SINT_MASKED | VECTOR_TEST, HV_SINT_POLLING | VECTOR_TEST };
    uint64_t before = interrupts_here();

    for (unsigned i = 0; i < 2; i++) {
        write_msr(HV_MSR_SINT0 + SINT, silent[i]);
        start(0);
        note(wait_message(PATIENCE), "silent-%u:no-message", i);
        note(wait_interrupts(before + 1, PERIOD) == before, "silent-%u:interrupt", i);
        release();
    }
    write_msr(HV_MSR_SINT0 + SINT, HV_SINT_AUTO_EOI | VECTOR_TEST);
    one_message(0);
    write_msr(HV_MSR_SINT0 + SINT, VECTOR_TEST);
}

/* No page, or the SynIC off: the message waits for EOM. */
static void no_place(uint32_t msr, const char *name)
{
    uint64_t before = interrupts_here(), value = read_msr(msr), time;

    write_msr(msr, 0);
    time = start(0);
    spin_until(time + PERIOD);
    note(wait_interrupts(before + 1, PERIOD) == before && slot->type == HV_MESSAGE_NONE, "%s:delivered", name);
    write_msr(msr, value);
    write_msr(HV_MSR_EOM, 0);
    note(wait_interrupts(before + 1, PATIENCE) == before + 1, "%s:lost", name);
    release();
}

static void test_here(void)
{
    struct hv_message *slots = (void *)pages_take(1, PAGE_SIZE);

    memset(slots, 0, PAGE_SIZE);
    slot = &slots[SINT];
    write_msr(HV_MSR_SIMP, (uint64_t)(uintptr_t)slots | HV_MSR_PAGE_ENABLE);
    write_msr(HV_MSR_SINT0 + SINT, VECTOR_TEST);
}

static void off(void)
{
    write_msr(HV_MSR_SINT0 + SINT, HV_SINT_RESET);
    write_msr(HV_MSR_SIMP, 0);
}

static void message_elsewhere(void *argument)
{
    (void)argument;
    write_msr(HV_MSR_SIMP, (uint64_t)(uintptr_t)(slot - SINT) | HV_MSR_PAGE_ENABLE);
    write_msr(HV_MSR_SINT0 + SINT, VECTOR_TEST);
    one_message(1);
    off();
}

void test_messages(void)
{
    test_here();
    for (unsigned n = 0; n < HV_STIMERS; n++) {
        one_message(n);
    }
    report_notes("timers-message");
    occupied();
    report_notes("timers-slot-occupied");
    periodic_waits();
    report_notes("timers-message-periodic");
    kinds_of_sint();
    report_notes("timers-sints");
    no_place(HV_MSR_SIMP, "simp");
    no_place(HV_MSR_SCONTROL, "scontrol");
    report_notes("timers-no-place");
    off();
    for (uint32_t i = 1; i < processor_count; i++) {
        note(processor_start(i, message_elsewhere, NULL) && processor_wait(i), "processor-%u", i);
    }
    note(true, "-");
    report_notes("timers-message-elsewhere");
}
