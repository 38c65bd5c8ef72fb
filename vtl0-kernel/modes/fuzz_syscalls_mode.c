/*
 * System calls by chance, from ring 3 of VTL1 (tests/trustlets/fuzzer). This
 * mode starts the trustlets, drives them with seeds, several on each processor,
 * and sees to it that nobody else has come to harm. The same seed gives the same
 * calls and statuses; which processor makes them when is chance.
 */
#include <vtl0/modes.h>

#include <lib/string.h>
#include <abi/ium.h>
#include <fuzzer/fuzzer.h>
#include <vtl0/console.h>
#include <vtl0/processor.h>
#include <vtl0/secure_call.h>
#include <vtl0/smp.h>
#include <vtl0/testing.h>
#include <vtl0/trustlet.h>
#include <vtl0/vsm.h>
#include <vtl0/x86.h>

#define INSTANCES   4u
#define ENDS        15u   /* trustlets that do what cannot be returned from */
#define TURN        1000u /* calls in one secure call, short enough for smp_call_end's patience */
#define GIFT_PAGES  200u
#define HELLO_ECHO  1u
#define ECHO_SIZE   32u
#define FAULT_EXIT  0xFFFFFFFFu

static const uint8_t fuzzer[16] = FUZZER_IDENTITY;
static const uint8_t hello[16] = { 0x2f, 0x5c, 0x9d, 0x0e, 0x61, 0xb4, 0x4d, 0x27, 0xb3, 0xa8, 0x70, 0xc1, 0xe9, 0xf4, 0xd8, 0x52 };

/* One trustlet, and what all its calls came to. */
struct runner {
    uint64_t instance, session;
    uint64_t seed; /* of the next turn */
    bool answers;
    struct fuzzer_report sum;
};

static struct test_file file;
static struct runner runners[INSTANCES];
static uint64_t hello_instance, hello_session;
static uint64_t next_seed;
static uint32_t turn_calls; /* of each trustlet in this turn */

/* Weyl's sequence: any number but zero may follow any other. */
static uint64_t new_seed(void)
{
    next_seed += UINT64_C(0x9E3779B97F4A7C15);
    return next_seed;
}

static bool start_runner(struct runner *runner)
{
    struct trustlet_started started;

    *runner = (struct runner){ .answers = true, .seed = new_seed() };
    if (test_start(&file, &started) != SECURE_STATUS_SUCCESS) {
        return false;
    }
    runner->instance = started.instance;
    return trustlet_open(fuzzer, started.instance, &runner->session) == SECURE_STATUS_SUCCESS;
}

static bool ask(const struct runner *runner, const struct fuzzer_run *run, struct fuzzer_report *report)
{
    union {
        struct fuzzer_run run;
        struct fuzzer_report report;
    } data = { .run = *run };
    size_t size = sizeof(*run);
    uint32_t status = 1;

    if (trustlet_invoke(runner->session, FUZZER_RUN, &data, &size, sizeof(data), &status) != SECURE_STATUS_SUCCESS || status != 0 ||
        size != sizeof(*report)) {
        return false;
    }
    *report = data.report;
    return true;
}

static uint32_t found(const struct fuzzer_report *report)
{
    return report->wrong_statuses + report->wrong_registers + report->wrong_memory;
}

static void tell_finding(const struct fuzzer_run *run, const struct fuzzer_finding *finding)
{
    console_printf("error: seed %lx, call %lu: number %lx of %lx %lx %lx answered %ld, not %ld\n", run->seed, finding->index,
                   finding->number, finding->arguments[0], finding->arguments[1], finding->arguments[2], finding->got, finding->wanted);
}

static void add(struct fuzzer_report *sum, const struct fuzzer_report *part)
{
    for (unsigned i = 0; i < FUZZER_STATUSES; i++) {
        sum->by_status[i] += part->by_status[i];
    }
    sum->in_table += part->in_table;
    sum->wrong_statuses += part->wrong_statuses;
    sum->wrong_registers += part->wrong_registers;
    sum->wrong_memory += part->wrong_memory;
}

static void turn(struct runner *runner)
{
    const struct fuzzer_run run = { .seed = runner->seed, .calls = turn_calls };
    struct fuzzer_report report = { 0 };

    runner->seed = runner->seed * UINT64_C(6364136223846793005) + 1;
    runner->answers = runner->answers && ask(runner, &run, &report);
    if (found(&report) != 0 && found(&runner->sum) == 0) {
        tell_finding(&run, &report.first);
    }
    add(&runner->sum, &report);
}

/* Each processor has the runners whose numbers are its own, modulo their number. */
static void take_turns(void *unused)
{
    (void)unused;
    for (uint32_t i = this_processor()->index; i < INSTANCES; i += processor_count()) {
        turn(&runners[i]);
    }
}

/* left: calls that are to be made yet, rounded up to as many for each trustlet. */
static bool everybody_takes_a_turn(uint64_t left)
{
    bool good = true;

    turn_calls = left < INSTANCES * TURN ? (uint32_t)((left + INSTANCES - 1) / INSTANCES) : TURN;
    for (uint32_t i = processor_count(); i-- > 0;) {
        smp_call_begin(i, take_turns, NULL); /* the boot processor, last, works at once */
    }
    for (uint32_t i = 0; i < processor_count(); i++) {
        good = smp_call_end(i) && good;
    }
    return good;
}

/* Half of them wait for their calls in another place each time from now on. */
static bool let_roam(void)
{
    bool good = true;

    for (unsigned i = 0; i < INSTANCES; i += 2) {
        uint64_t seed = new_seed();
        size_t size = sizeof(seed);
        uint32_t status = 1;

        good = trustlet_invoke(runners[i].session, FUZZER_ROAM, &seed, &size, 0, &status) == SECURE_STATUS_SUCCESS && status == 0 && good;
    }
    return good;
}

static void tell_statuses(uint64_t seed, const struct fuzzer_report *sum)
{
    uint32_t calls = 0;

    for (unsigned i = 0; i < FUZZER_STATUSES; i++) {
        calls += sum->by_status[i];
    }
    console_printf("fuzz: seed %lu, %u system calls: %u succeeded, %u unknown, %u bad addresses, %u bad arguments, %u found wrong\n",
                   seed, calls, sum->by_status[0], sum->by_status[1], sum->by_status[2], sum->by_status[3], found(sum));
    console_printf("@openvsm syscalls success=%u unknown=%u bad-address=%u bad-argument=%u no-memory=%u in-table=%u\n",
                   sum->by_status[0], sum->by_status[1], sum->by_status[2], sum->by_status[3], sum->by_status[4], sum->in_table);
}

static bool test_calls(uint64_t seed, uint32_t calls)
{
    struct fuzzer_report sum = { 0 };
    uint64_t answered = 0;
    bool good = everybody_takes_a_turn(calls) && let_roam();

    for (uint64_t made = INSTANCES * TURN; made < calls && good; made += INSTANCES * TURN) {
        good = everybody_takes_a_turn(calls - made);
    }
    for (unsigned i = 0; i < INSTANCES; i++) {
        add(&sum, &runners[i].sum);
        answered += runners[i].answers;
    }
    tell_statuses(seed, &sum);
    good = test_report("everybody-answers", good && answered == INSTANCES, answered, INSTANCES);
    good = test_report("statuses", sum.wrong_statuses == 0 && sum.by_status[-IUM_NO_MEMORY] == 0, sum.wrong_statuses, 0) && good;
    good = test_report("registers", sum.wrong_registers == 0, sum.wrong_registers, 0) && good;
    return test_report("memory", sum.wrong_memory == 0, sum.wrong_memory, 0) && good;
}

/* The seed says everything: two trustlets that have done the same so far answer the same. */
static bool test_same_seed(void)
{
    const struct fuzzer_run run = { .seed = new_seed(), .calls = TURN }, other = { .seed = new_seed(), .calls = TURN };
    struct fuzzer_report first, second, third;
    bool good = ask(&runners[0], &run, &first) && ask(&runners[1], &run, &second) && ask(&runners[1], &other, &third);

    return test_report("same-seed", good && first.hash == second.hash && first.hash != third.hash, good && first.hash == second.hash, 1);
}

/* What is spoiled on purpose is found, once, and nothing else is. */
static bool test_controls(void)
{
    uint64_t good = 0;

    for (uint32_t sabotage = FUZZER_HONEST; sabotage < FUZZER_SABOTAGES; sabotage++) {
        const struct fuzzer_run run = { .seed = new_seed(), .calls = TURN, .sabotage = sabotage };
        struct fuzzer_report report;

        good += ask(&runners[2], &run, &report) && report.wrong_statuses == (sabotage == FUZZER_OTHER_STATUS) &&
                report.wrong_registers == (sabotage == FUZZER_OTHER_REGISTER || sabotage == FUZZER_OTHER_FLAGS) &&
                report.wrong_memory == (sabotage == FUZZER_BYTE_BEHIND || sabotage == FUZZER_BYTE_FAR);
    }
    return test_report("controls", good == FUZZER_SABOTAGES, good, FUZZER_SABOTAGES);
}

static bool ended_rightly(uint32_t how, uint32_t number, const struct secure_trustlet *end)
{
    static const uint32_t vectors[FUZZER_ENDS] = { FAULT_EXIT, 1, 13, 14, 12 };
    bool stack = how == FUZZER_END_NO_STACK && end->fault.vector == 13;

    return end->state == SECURE_TRUSTLET_ENDED && end->pages == 0 && (end->fault.vector == vectors[how] || stack) &&
           (how != FUZZER_END_EXIT || end->fault.exit_code == number);
}

/* One trustlet ends itself, in the call or at the next. */
static bool end_one(uint32_t how)
{
    const uint32_t number = (uint32_t)new_seed();
    const struct fuzzer_run run = { .seed = new_seed(), .calls = TURN };
    uint32_t data[2] = { how, number }, status = 1, result;
    struct secure_trustlet end;
    struct fuzzer_report report;
    struct runner runner;
    size_t size = sizeof(data), count = 0;
    bool good = start_runner(&runner);

    result = trustlet_invoke(runner.session, FUZZER_END, data, &size, 0, &status);
    good = good && result == (how <= FUZZER_END_SINGLE_STEP ? SECURE_STATUS_TRUSTLET_FAULT : SECURE_STATUS_SUCCESS);
    good = !ask(&runner, &run, &report) && good;
    good = trustlet_list(runner.instance - 1, &end, 1, &count) == SECURE_STATUS_SUCCESS && count == 1 &&
           end.instance == runner.instance && ended_rightly(how, number, &end) && good;
    return trustlet_end(runner.instance) == SECURE_STATUS_SUCCESS && good;
}

static bool test_ends(void)
{
    uint64_t good = 0;

    for (uint32_t i = 0; i < ENDS; i++) {
        good += end_one(i % FUZZER_ENDS);
    }
    return test_report("ends", good == ENDS, good, ENDS);
}

/* Started before all the calls, and its session as well. */
static bool start_hello(void)
{
    struct test_file image = test_place(hello_image_start, hello_image_end);
    struct trustlet_started started;
    bool good = test_start(&image, &started) == SECURE_STATUS_SUCCESS;

    hello_instance = started.instance;
    return good && trustlet_open(hello, hello_instance, &hello_session) == SECURE_STATUS_SUCCESS;
}

static bool hello_answers(void)
{
    uint8_t data[ECHO_SIZE], sent[ECHO_SIZE];
    size_t size = sizeof(data);
    uint32_t status = 1;

    for (unsigned i = 0; i < sizeof(data); i++) {
        data[i] = (uint8_t)(new_seed() >> 24);
    }
    memcpy(sent, data, sizeof(sent));
    return trustlet_invoke(hello_session, HELLO_ECHO, data, &size, sizeof(data), &status) == SECURE_STATUS_SUCCESS && status == 0 &&
           size == sizeof(sent) && memcmp(data, sent, sizeof(sent)) == 0;
}

/* The machine owner's trustlet, the first there is, opens a session as well. */
static bool first_answers(void)
{
    struct secure_trustlet first;
    uint64_t session;
    size_t count;

    return trustlet_list(0, &first, 1, &count) == SECURE_STATUS_SUCCESS && count == 1 && first.state == SECURE_TRUSTLET_RUNNING &&
           trustlet_open(first.identity, first.instance, &session) == SECURE_STATUS_SUCCESS &&
           trustlet_close(session) == SECURE_STATUS_SUCCESS;
}

static bool test_others(void)
{
    uint64_t good = (uint64_t)hello_answers() + first_answers();

    return test_report("others-answer", good == 2, good, 2);
}

static bool nothing_lost(const struct secure_info *before)
{
    struct secure_info after = { 0 };
    uint64_t ended = 0;

    for (unsigned i = 0; i < INSTANCES; i++) {
        ended += trustlet_end(runners[i].instance) == SECURE_STATUS_SUCCESS;
    }
    ended += trustlet_end(hello_instance) == SECURE_STATUS_SUCCESS;
    secure_get_info(&after);
    return test_report("nothing-lost", ended == INSTANCES + 1 && after.free_pages == before->free_pages &&
                       after.trustlet_count == before->trustlet_count, after.free_pages, before->free_pages);
}

/* The kernel's tables for the file's window stay once they are made: one start that is not counted. */
static bool prepare(struct secure_info *before)
{
    file = test_place(fuzzer_image_start, fuzzer_image_end);
    return test_give(GIFT_PAGES) && start_runner(&runners[0]) && trustlet_end(runners[0].instance) == SECURE_STATUS_SUCCESS &&
           secure_get_info(before);
}

static bool start_all(void)
{
    bool good = start_hello();

    for (unsigned i = 0; i < INSTANCES; i++) {
        good = good && start_runner(&runners[i]);
    }
    return good;
}

int mode_fuzz_syscalls(const struct mode_context *context)
{
    struct secure_info before = { 0 };
    uint64_t seed = context->options->seed != 0 ? context->options->seed : (uint32_t)rdtsc() | 1;
    bool good;

    if (vsm_state() != VSM_READY) {
        return 1;
    }
    next_seed = seed;
    console_printf("seed %lu, %u system calls of %u trustlets\n", seed, context->options->calls, INSTANCES);
    if (!test_report("start", prepare(&before) && start_all(), 0, 0)) {
        return 1;
    }
    good = test_same_seed();
    good = test_controls() && good;
    good = test_calls(seed, context->options->calls) && good;
    good = test_ends() && good;
    good = test_others() && good;
    return nothing_lost(&before) && good ? 0 : 1;
}
