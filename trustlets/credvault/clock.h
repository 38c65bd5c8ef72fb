/*
 * Time. VTL1 has no calendar, so the date is VTL0's word, but one that cannot be taken back: the vault's time is the latest
 * that VTL0 ever told, plus what was counted since. VTL0 can set it forward, which makes credentials expire; it
 * cannot set it back.
 *
 * Beside it the vault counts by the hypervisor's clock how long it has run, over reboots. That neither VTL0 nor who sets the
 * TPM's clock can hurry, and rates are held by it. It stands still while the machine is off.
 *
 * Units of 100 ns.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "state.h"

#define CLOCK_SECOND      UINT64_C(10000000)
#define CLOCK_MILLISECOND UINT64_C(10000)
#define CLOCK_END         UINT64_C(2650467744000000000) /* the year 10000: no time is told from there on, and none is believed */

struct clock {
    uint64_t latest;        /* since 1601-01-01 UTC */
    uint64_t counted;
    uint64_t machine_clock; /* struct ium_freshness' clock, going on */
    uint64_t ticks;         /* ium_time() when the three were so */
};

/* Counts on to what ium_time() says now. Pure, as the next two. */
void clock_count(struct clock *clock, uint64_t ticks);

/* VTL0 says that it is that late. */
void clock_hear(struct clock *clock, uint64_t hint);

/*
 * Goes on from a state of the past. What went by since then is what the machine's clock says, and no more than this boot has
 * lasted: the TPM's clock can be set forward between two boots, by whoever owns the TPM.
 */
void clock_continue(struct clock *clock, const struct state *state);

/* The vault's clock from here on. clock_start begins it; clock_machine tells what the machine's clock is, in milliseconds. */
void clock_start(void);
void clock_machine(uint64_t milliseconds);
void clock_resume(const struct state *state);

/* For each command: what was counted, and what VTL0 says, if it answers. */
void clock_ask(void);

/* Of the last clock_ask. */
uint64_t clock_now(void);
uint64_t clock_counted(void);

/* Puts the clock into a state that is to be committed. */
void clock_save(struct state *state);
