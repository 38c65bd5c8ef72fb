/*
 * TLB locks. Processor 1's VTL1 takes the lock over its VTL0 and watches, from
 * VTL1, the others begin flushes that name it: none completes before the lock
 * is gone. And with every processor taking locks and flushing all at once, all
 * come to an end.
 */
#include "flush.h"

#define ROUNDS       64u
#define ROUNDS_A_WAY 22u /* of taking a lock: as many in all */
#define HOLDER       1u
#define LOOPS        5000u

static volatile uint64_t round_number, hold_way;
static volatile uint64_t rounds_held, held_done, held_started, released;
static volatile uint64_t flusher_rounds[MAX_PROCESSORS], flusher_failures[MAX_PROCESSORS];
static volatile uint64_t stop;

static uint64_t all_processors(void)
{
    return (UINT64_C(1) << processor_count) - 1;
}

/* A flush that VTL1 sees begin and end. */
static void watched_flush(enum flush_way way)
{
    uint64_t result;

    vtl1(COMMAND_FLUSH_STEP, 0, 0, 0);
    result = flush(way, all_processors());
    vtl1(COMMAND_FLUSH_STEP, 1, 0, 0);
    flusher_failures[processor_self()] += HV_RESULT_STATUS(result) != HV_STATUS_SUCCESS;
}

static void hold_rounds(void *argument)
{
    (void)argument;
    for (uint64_t round = 1; stop == 0; pause()) {
        if (round_number >= round) {
            struct answer answer = vtl1(COMMAND_HOLD_FLUSHES, hold_way, processor_count - 1, LOOPS);

            held_done = answer.rax & 0xFFFFFFFF;
            released = answer.rax >> 32;
            held_started = answer.r9;
            rounds_held = round++;
        }
    }
}

static void flush_rounds(void *argument)
{
    uint32_t self = processor_self();

    (void)argument;
    for (uint64_t round = 1; stop == 0; pause()) {
        if (round_number >= round) {
            watched_flush((self + round) % WAY_COUNT);
            flusher_rounds[self] = round++;
        }
    }
}

/* No flush begins before the lock is there: that is what step 0 waits for. */
static void one_round(uint64_t round, enum guest_hold way)
{
    uint64_t flushers = processor_count - 1;

    hold_way = way;
    round_number = round;
    watched_flush(round % WAY_COUNT);
    note(wait_for(&rounds_held, round), "round-%lu:holder", round);
    for (uint32_t i = HOLDER + 1; i < processor_count; i++) {
        note(wait_for(&flusher_rounds[i], round), "round-%lu:processor-%u", round, i);
    }
    note(held_started == flushers, "round-%lu:%lu-began", round, held_started);
    note(held_done == 0, "round-%lu:%lu-completed-under-the-lock", round, held_done);
    if (way == HOLD_UNLOCK) {
        note(released == flushers, "round-%lu:%lu-completed-after-it", round, released);
    }
}

static void held_off(void)
{
    static const char *const ids[] = { "flush-lock-register", "flush-lock-translate", "flush-lock-unlock" };
    uint64_t round = 0;

    note(processor_start(HOLDER, hold_rounds, NULL), "holder");
    for (uint32_t i = HOLDER + 1; i < processor_count; i++) {
        note(processor_start(i, flush_rounds, NULL), "processor-%u", i);
    }
    for (unsigned way = HOLD_REGISTER; way <= HOLD_UNLOCK; way++) {
        for (unsigned n = 0; n < ROUNDS_A_WAY; n++) {
            one_round(++round, way);
        }
        for (uint32_t i = 0; i < processor_count; i++) {
            note(flusher_failures[i] == 0, "processor-%u:%lu-failed", i, flusher_failures[i]);
        }
        report_notes(ids[way]);
    }
    stop = 1;
    for (uint32_t i = 1; i < processor_count; i++) {
        note(processor_wait(i), "processor-%u", i);
    }
    report_notes("flush-lock-end");
}

/* Everybody locks, returns and flushes all: nobody may wait for one who waits. */
static void lock_and_flush(void *argument)
{
    uint32_t self = processor_self();

    (void)argument;
    for (uint64_t round = 1; round <= ROUNDS; round++) {
        vtl1(COMMAND_HOLD_FLUSHES, round % 2, 0, 100);
        flusher_failures[self] += HV_RESULT_STATUS(flush(round % WAY_COUNT, all_processors())) != HV_STATUS_SUCCESS;
        flusher_rounds[self] = round;
    }
}

static void all_at_once(void)
{
    for (uint32_t i = 0; i < processor_count; i++) {
        flusher_rounds[i] = flusher_failures[i] = 0;
        note(i == 0 || processor_start(i, lock_and_flush, NULL), "processor-%u", i);
    }
    lock_and_flush(NULL);
    for (uint32_t i = 0; i < processor_count; i++) {
        note(wait_for(&flusher_rounds[i], ROUNDS) && flusher_failures[i] == 0, "processor-%u:%lu-rounds", i, flusher_rounds[i]);
        note(i == 0 || processor_wait(i), "processor-%u-does-not-end", i);
    }
    report_notes("flush-lock-all-at-once");
}

static void stay_in_vtl1(void *argument)
{
    (void)argument;
    rounds_held = vtl1_value(COMMAND_STAY, 0, 0, 0);
}

/* VTL1's own translations, on a processor that is in VTL1. */
static void flush_of_vtl1(void)
{
    const uint64_t words[3] = { 0, HV_FLUSH_ALL_PROCESSORS | HV_FLUSH_ALL_SPACES, 0 };
    uint64_t result;

    rounds_held = 0;
    note(processor_start(HOLDER, stay_in_vtl1, NULL), "start");
    while (vtl1_value(COMMAND_STAYING, 0, 0, 0) == 0) {
        pause();
    }
    for (unsigned i = 0; i < 3; i++) {
        vtl1(COMMAND_POKE, i, words[i], 0);
    }
    for (unsigned n = 0; n < ROUNDS; n++) {
        result = vtl1_value(COMMAND_HYPERCALL, HVCALL_FLUSH_VIRTUAL_ADDRESS_SPACE, 0, 0);
        note(result == HV_STATUS_SUCCESS, "0x%lx", result);
    }
    vtl1(COMMAND_LET_GO, 0, 0, 0);
    note(processor_wait(HOLDER) && rounds_held == 1, "processor-in-vtl1");
    report_notes("flush-of-vtl1");
}

void test_lock(void)
{
    held_off();
    all_at_once();
    flush_of_vtl1();
}
