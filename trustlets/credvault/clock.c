#include "clock.h"

#include <ium/ask.h>
#include <ium/time.h>
#include <vault_mutant.h>

static struct clock vault_clock;

static uint64_t add(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

void clock_count(struct clock *clock, uint64_t ticks)
{
    uint64_t passed = ticks > clock->ticks ? ticks - clock->ticks : 0;

    clock->latest = smaller(add(clock->latest, passed), CLOCK_END - 1);
    clock->counted = add(clock->counted, passed);
    clock->machine_clock = add(clock->machine_clock, passed);
    clock->ticks += passed;
}

void clock_hear(struct clock *clock, uint64_t hint)
{
    if ((hint > clock->latest || mutant_is(MUTANT_CLOCK_BACK)) && hint < CLOCK_END) {
        clock->latest = hint;
    }
}

void clock_continue(struct clock *clock, const struct state *state)
{
    uint64_t passed = clock->machine_clock > state->machine_clock ? clock->machine_clock - state->machine_clock : 0;

    passed = smaller(passed, clock->ticks);
    clock->counted = add(state->counted, passed);
    clock_hear(clock, smaller(add(state->latest, passed), CLOCK_END - 1));
}

void clock_start(void)
{
    vault_clock = (struct clock){ .ticks = ium_time() };
}

void clock_machine(uint64_t milliseconds)
{
    clock_count(&vault_clock, ium_time());
    vault_clock.machine_clock = milliseconds > UINT64_MAX / CLOCK_MILLISECOND ? UINT64_MAX : milliseconds * CLOCK_MILLISECOND;
}

void clock_resume(const struct state *state)
{
    clock_continue(&vault_clock, state);
}

void clock_ask(void)
{
    uint64_t hint;

    clock_count(&vault_clock, ium_time());
    if (ium_ask_time_hint(&hint) == IUM_ASK_DONE) {
        clock_hear(&vault_clock, hint);
    }
}

uint64_t clock_now(void)
{
    return vault_clock.latest;
}

uint64_t clock_counted(void)
{
    return vault_clock.counted;
}

void clock_save(struct state *state)
{
    state->latest = vault_clock.latest;
    state->counted = vault_clock.counted;
    state->machine_clock = vault_clock.machine_clock;
}
