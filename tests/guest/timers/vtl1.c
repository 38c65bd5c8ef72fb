/*
 * VTL1's timers preempt VTL0, whatever VTL0's IF says; VTL0's wait for VTL1's
 * return. VTL1 takes its interrupt when it is entered (guest/commands.h).
 */
#include "timers.h"

/* VTL1's own words, which VTL0 can read here: nothing is protected. */
static const volatile struct ticks {
    uint64_t count, time;
} *ticks;

static void find_ticks(void)
{
    ticks = (const void *)(uintptr_t)vtl1_value(COMMAND_TICKS, 0, 0, 0);
}

static bool wait_ticks(uint64_t at_least)
{
    uint64_t end = now() + PATIENCE;

    while (ticks->count < at_least && now() < end) {
        pause();
    }
    return ticks->count >= at_least;
}

static uint64_t started_at; /* the ticks before the last try of start() */

/*
 * VTL0 runs before the time has come: an interrupt that VTL1 has not taken when it returns waits for its next entry by one.
 * On a slow emulator that takes another try, after VTL1 has taken it.
 */
static uint64_t start(unsigned n, uint64_t config)
{
    uint64_t delay = 4 * MILLISECOND, time;

    for (;;) {
        started_at = ticks->count;
        time = now() + delay;
        vtl1_write(CONFIG(n), config | HV_STIMER_AUTO_ENABLE);
        vtl1_write(COUNT(n), time);
        if (now() < time || delay > PATIENCE) {
            return time;
        }
        vtl1(COMMAND_WAIT_TICKS, started_at + 1, PATIENCE, 0);
        vtl1(COMMAND_RELEASE_SINT, 3, 0, 0);
        delay *= 2;
    }
}

/* VTL0 runs without an exit of its own until it sees that VTL1 has run. */
static void preempts(const char *name, bool open)
{
    uint64_t flags = read_rflags(), time;

    __asm__ volatile("cli" : : : "memory");
    time = start(0, DIRECT_TICK);
    if (open) {
        __asm__ volatile("sti" : : : "memory");
    }
    note(wait_ticks(started_at + 1), "%s:not", name);
    write_rflags(flags);
    note(ticks->time >= time, "%s:early", name);
    note(ticks->count == started_at + 1, "%s:%lu", name, ticks->count - started_at);
    vtl1(COMMAND_PING, 0, 0, 0);
    note(vtl1_value(COMMAND_SEEN, SEEN_REASON, 0, 0) == HV_VTL_ENTRY_VTL_CALL, "%s:reason", name);
}

static void preempts_open(void) { preempts("open", true); }
static void preempts_closed(void) { preempts("closed", false); }

static void periodic(void)
{
    uint64_t before = ticks->count, begin = now();

    vtl1_write(COUNT(1), 3 * MILLISECOND);
    vtl1_write(CONFIG(1), DIRECT_TICK | HV_STIMER_PERIODIC | HV_STIMER_ENABLED);
    note(wait_ticks(before + 4) && now() - begin >= 12 * MILLISECOND, "periodic:%lu", ticks->count - before);
    vtl1_write(COUNT(1), 0);
    before = ticks->count;
    spin_until(now() + 10 * MILLISECOND);
    note(ticks->count == before, "periodic:goes-on");
}

/* VTL1's timer while VTL1 runs; and a message of VTL1's, with VTL0 out of it. */
static void while_vtl1_runs(void)
{
    start(0, DIRECT_TICK);
    note(vtl1_value(COMMAND_WAIT_TICKS, started_at + 1, PATIENCE, 0) == started_at + 1, "inside:none");
}

static uint64_t slot_word(unsigned n) { return vtl1_value(COMMAND_MESSAGE, 32 + 32 * 3 + n, 0, 0); }

static void message(void)
{
    uint64_t time;

    vtl1_write(HV_MSR_SINT0 + 3, GUEST_VECTOR_TICK);
    time = start(2, (uint64_t)3 << 16);
    note(wait_ticks(started_at + 1) && ticks->time >= time, "message:interrupt");
    note((uint32_t)slot_word(0) == HV_MESSAGE_TIMER_EXPIRED, "message:type-0x%lx", slot_word(0));
    note(slot_word(2) == 2, "message:index-%lu", slot_word(2));
    note(slot_word(3) == time, "message:expiration");
    vtl1(COMMAND_RELEASE_SINT, 3, 0, 0);
    vtl1_write(HV_MSR_SINT0 + 3, HV_SINT_RESET);
}

/* VTL0's expires while VTL1 runs: VTL1 goes on to its end, and VTL0 gets one interrupt. */
static void vtl0_waits(void)
{
    uint64_t before = interrupts_here(), flags = read_rflags();
    uint64_t begin;

    __asm__ volatile("cli" : : : "memory");
    write_msr(CONFIG(0), DIRECT_TEST | HV_STIMER_AUTO_ENABLE);
    begin = now();
    write_msr(COUNT(0), begin + MILLISECOND);
    vtl1_value(COMMAND_WAIT_TICKS, UINT64_MAX, 10 * MILLISECOND, 0);
    note(now() - begin >= 10 * MILLISECOND, "waits:vtl1-stopped");
    note(interrupts_here() == before, "waits:taken-with-IF-0");
    note(wait_interrupts(before + 1, PATIENCE) == before + 1, "waits:lost");
    note(wait_interrupts(before + 2, 2 * MILLISECOND) == before + 1, "waits:twice");
    write_rflags(flags);
}

/* VTL0 halted, or idle: VTL1 runs at its time, and VTL0's own timer still ends the halt. */
static void resting(const char *name, void (*rest)(void))
{
    uint64_t count = interrupts_here(), flags = read_rflags(), time, end;

    __asm__ volatile("cli" : : : "memory");
    time = start(0, DIRECT_TICK);
    end = time + 50 * MILLISECOND;
    write_msr(CONFIG(0), DIRECT_TEST | HV_STIMER_AUTO_ENABLE);
    write_msr(COUNT(0), end);
    while (interrupts_here() == count && now() < end + PATIENCE) {
        rest();
    }
    note(interrupts_here() == count + 1 && now() >= end, "%s:vtl0", name);
    note(ticks->count == started_at + 1 && ticks->time >= time, "%s:vtl1", name);
    write_rflags(flags);
}

static void halted(void) { resting("halted", rest_hlt); }
static void idle(void) { resting("idle", rest_idle); }

static void here(void *argument)
{
    uint64_t flags = read_rflags();

    (void)argument;
    __asm__ volatile("sti" : : : "memory"); /* the firmware starts other processors with IF = 0 */
    find_ticks();
    preempts_open();
    while_vtl1_runs();
    message();
    vtl0_waits();
    halted();
    idle();
    periodic();
    write_rflags(flags);
}

void test_timers_of_vtl1(void)
{
    static const struct { const char *id; void (*test)(void); } tests[] = {
        { "timers-vtl1-preempts", preempts_open }, { "timers-vtl1-preempts-closed", preempts_closed },
        { "timers-vtl1-inside", while_vtl1_runs }, { "timers-vtl1-message", message }, { "timers-vtl0-waits", vtl0_waits },
        { "timers-vtl1-halted", halted }, { "timers-vtl1-idle", idle }, { "timers-vtl1-periodic", periodic },
    };

    find_ticks();
    for (unsigned i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        tests[i].test();
        report_notes(tests[i].id);
    }
    for (uint32_t i = 1; i < processor_count; i++) {
        note(processor_start(i, here, NULL) && processor_wait(i), "processor-%u", i);
    }
    note(true, "-");
    report_notes("timers-vtl1-elsewhere");
}
