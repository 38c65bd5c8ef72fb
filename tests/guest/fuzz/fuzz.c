/*
 * Calls by chance, from VTL0 or from VTL1, and what must hold all along: the
 * answers are documented ones, nothing is written where nothing belongs, VTL1
 * answers, and VTL0 may do with each page what VTL1's accepted calls say.
 * Options: vtl=0|1 calls=N seed=N.
 */
#include "fuzz_test.h"
#include "guest.h"

#define COMPARISONS  8u    /* page by page, in the course of a run */
#define SLICE        512u  /* calls of VTL1's between two returns */

#define WORD(name, text) text,
static const char *const what[] = { FUZZ_WHATS(WORD) };

static uint64_t seed, calls;
static bool vtl1_runs;
static uint64_t exceptions; /* that VTL1 made up */

static uint64_t count(enum fuzz_count which)
{
    return vtl1_runs ? vtl1_value(COMMAND_FUZZ_COUNT, which, 0, 0) : vtl0_fuzzer.count[which];
}

static void start_vtl1(void)
{
    struct fuzz_range ranges[FUZZ_MAX_FOREIGN];
    uint32_t ranges_count = machine_foreign(1, ranges);

    for (uint32_t i = 0; i < ranges_count; i++) {
        vtl1(COMMAND_FUZZ_SET, GUEST_FUZZ_FOREIGN, ranges[i].page, ranges[i].count);
    }
    vtl1(COMMAND_FUZZ_SET, GUEST_FUZZ_SEED, seed, 0);
    report("fuzz-masks", vtl1_value(COMMAND_FUZZ_SCATTER, 0, 0, 0) == 0, "-");
}

struct slice {
    uint64_t calls, last;
};

static void run_slice(const struct slice *slice)
{
    vtl1(COMMAND_FUZZ_RUN, slice->calls, slice->last, 0);
}

/* The return may come with an exception that VTL1 made up, or with some registers that VTL0 lives with. */
static void run_vtl1(uint64_t left, bool last)
{
    while (left != 0) {
        struct slice slice = { left < SLICE ? left : SLICE, 0 };
        struct probe probe;

        left -= slice.calls;
        slice.last = last && left == 0;
        probe_run(&probe, (const void *)run_slice, &slice);
        exceptions += probe.vector != 0;
        note(vtl1_value(COMMAND_FUZZ_COUNT, FUZZ_COUNTS, 0, 0) == 0, "VTL1-does-not-answer");
        note(vtl1_value(COMMAND_PING, 0, 0, 0) == GUEST_PING, "VTL1-does-not-answer");
    }
}

static void run_part(uint64_t part, bool last)
{
    if (vtl1_runs) {
        run_vtl1(part, last);
    } else {
        vtl0_run(part);
    }
}

static void report_answers(void)
{
    uint64_t first = count(FUZZ_WHAT);

    report("fuzz-answers", count(FUZZ_WRONG) == 0, "%s,wrong:%lu,call:%lu,rcx:0x%lx,rdx:0x%lx,r8:0x%lx,rax:0x%lx",
           first < FUZZ_WHAT_COUNT ? what[first] : "?", count(FUZZ_WRONG), count(FUZZ_FIRST_AT), count(FUZZ_FIRST_RCX),
           count(FUZZ_FIRST_RDX), count(FUZZ_FIRST_R8), count(FUZZ_FIRST_RAX));
    report("fuzz-reach", count(FUZZ_SUCCEEDED) != 0 && count(FUZZ_REFUSED) != 0,
           "codes:0x%lx,statuses:0x%lx,faults:%lu,entries:%lu,exceptions:%lu,hash:0x%lx", count(FUZZ_CODES), count(FUZZ_STATUSES),
           count(FUZZ_FAULTED), count(FUZZ_ENTRIES), exceptions, count(FUZZ_HASH));
}

static uint64_t compare_all(void)
{
    uint64_t pages = pages_compare();

    report_notes("fuzz-rights");
    pages += pages_compare_rest(seed);
    report_notes("fuzz-rights-beyond");
    return pages;
}

static void close_with(uint64_t pages)
{
    bool answers = vtl1_value(COMMAND_PING, 0, 0, 0) == GUEST_PING;

    report("fuzz-vtl1-answers", answers, "-");
    say("fuzz: VTL%u, seed 0x%lx, %lu calls: %lu succeeded, %lu refused, %lu faulted; rights %s on %lu pages; VTL1 %s",
        vtl1_runs ? 1u : 0u, seed, count(FUZZ_CALLS), count(FUZZ_SUCCEEDED), count(FUZZ_REFUSED), count(FUZZ_FAULTED),
        report_all_passed() ? "as expected" : "or answers WRONG", pages, answers ? "answers" : "DOES NOT ANSWER");
}

static void run_all(void)
{
    uint64_t part = calls / COMPARISONS + 1;

    for (uint64_t left = calls; left != 0; left -= part < left ? part : left) {
        run_part(part < left ? part : left, left <= part);
        report_notes("fuzz-run");
        pages_compare();
        report_notes("fuzz-rights-meanwhile");
    }
}

void guest_test(void)
{
    vtl1_runs = option_number("vtl", 0) != 0;
    calls = option_number("calls", 20000);
    seed = option_number("seed", read_tsc());
    say("fuzz: VTL%u, seed 0x%lx, %lu calls", vtl1_runs ? 1u : 0u, seed, calls);
    machine_find();
    machine_quiet();
    events_try();
    pages_prepare();
    report("fuzz-enable", protection_on() == HV_STATUS_SUCCESS, "-");
    start_vtl1();
    pages_compare();
    report_notes("fuzz-rights-before");
    vtl0_start(seed);
    other_start();
    run_all();
    other_end();
    vtl0_end();
    report_answers();
    report("fuzz-own-pages", vtl1_runs || vtl1_value(COMMAND_FUZZ_OWN_CHANGED, 0, 0, 0) == 0, "-");
    close_with(compare_all());
}
