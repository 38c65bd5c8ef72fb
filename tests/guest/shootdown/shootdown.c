/*
 * A right is gone on every processor before the call that takes it away
 * returns. Processor 1 uses a page without pause; each time it first looks
 * whether the call has returned, then uses the page. Having seen that it has,
 * it must not succeed once more.
 */
#include "guest.h"

#include "loops.h"
#include "split.h"

#define ROUNDS     34u /* of each way */
#define WARM       20u /* uses before the right goes */
#define VICTIM     1u

static const struct {
    const char *name;
    const void *code;
    uint32_t flags;
    bool halts;
} ways[] = {
    { "read", loop_read, 0, false },
    { "write", loop_write, HV_MAP_GPA_READABLE, false },
    { "execute", loop_execute, HV_MAP_GPA_READABLE | HV_MAP_GPA_WRITABLE, false },
    { "rep-read", loop_rep_read, 0, false },
    { "rep-write", loop_rep_write, HV_MAP_GPA_READABLE, false },
    { "halt", loop_halt, 0, true },
};

static struct loop loop;
static struct probe probe;
static volatile uint64_t round_number, rounds_done, stop;

/* On the victim: the loop of each round until it faults, or until it has seen what must not be. */
static void victim(void *argument)
{
    uint64_t done = 0;

    (void)argument;
    vtl1(COMMAND_POLICY, POLICY_INJECT_GP, 0, 0);
    while (stop == 0) {
        if (round_number > done) {
            done = round_number;
            probe_run(&probe, ways[loop.way].code, &loop);
            rounds_done = done;
        }
        pause();
    }
}

static void wake(void)
{
    if (ways[loop.way].halts) {
        apic_send(VICTIM, ICR_FIXED | VECTOR_TEST);
    }
}

/* As wait_for, but a victim that halts is woken meanwhile. */
static bool wait_waking(const volatile uint64_t *value, uint64_t at_least)
{
    for (unsigned i = 0; i < 20000 && *value < at_least; i++) {
        wake();
        for (unsigned n = 0; n < 1000 && *value < at_least; n++) {
            pause();
        }
    }
    return wait_for(value, at_least);
}

static void one_round(unsigned way)
{
    uint64_t warm;
    bool ended;

    note(protect(loop.page, 1, HV_MAP_GPA_ALL) == HV_STATUS_SUCCESS, "%s:un-protect", ways[way].name);
    loop.way = way;
    loop.uses = loop.gone = loop.late = 0;
    round_number++;
    note(wait_waking(&loop.uses, WARM), "%s:does-not-run", ways[way].name);
    warm = loop.uses;
    note(protect(loop.page, 1, ways[way].flags) == HV_STATUS_SUCCESS, "%s:protect", ways[way].name);
    loop.gone = 1;
    ended = wait_waking(&rounds_done, round_number);
    note(ended && loop.late == 0, "%s:round-%lu:used-after-the-call", ways[way].name, round_number);
    note(ended && probe.vector == GUEST_FAULT + VECTOR_GP, "%s:vector-0x%x", ways[way].name, probe.vector);
    note(warm >= WARM, "%s:not-warm", ways[way].name);
}

/* The control: left alone, the victim goes on for ever. */
static void control(void)
{
    note(protect(loop.page, 1, HV_MAP_GPA_ALL) == HV_STATUS_SUCCESS, "un-protect");
    loop.way = 0;
    loop.uses = loop.gone = loop.late = 0;
    round_number++;
    note(wait_for(&loop.uses, 1000), "does-not-run");
    loop.gone = 1;
    note(wait_for(&rounds_done, round_number) && loop.late == 1 && probe.vector == 0, "late-use-not-seen:%lu", loop.late);
    report_notes("shootdown-control");
}

void guest_test(void)
{
    char id[40] = "shootdown-";

    if (processor_count < 2) {
        report("shootdown", false, "needs-two-processors");
        return;
    }
    loop.page = pages_take(2, PAGE_SIZE);
    loop.page[0] = 0xC3; /* RET */
    report("shootdown-enable", protection_on() == HV_STATUS_SUCCESS, "-");
    if (!report("shootdown-victim", processor_start(VICTIM, victim, NULL), "-")) {
        return;
    }
    control();
    for (unsigned way = 0; way < sizeof(ways) / sizeof(ways[0]); way++) {
        for (unsigned i = 0; i < ROUNDS; i++) {
            one_round(way);
        }
        __builtin_memcpy(id + 10, ways[way].name, __builtin_strlen(ways[way].name) + 1);
        report_notes(id);
    }
    stop = 1;
    report("shootdown-end", processor_wait(VICTIM), "rounds:%lu", round_number);
    test_split(VICTIM);
}
