/*
 * Secure threads, from VTL0: calls that give way to interrupts and go on, on
 * several processors and in several sessions at once, that are cancelled, and
 * that lose their trustlet. Each test prints "@openvsm test id=... outcome=ok|failed
 * detail=GOT/WANTED".
 */
#include <vtl0/modes.h>

#include <lib/string.h>
#include <vtl0/apic.h>
#include <vtl0/clock.h>
#include <vtl0/console.h>
#include <vtl0/large_calls.h>
#include <vtl0/pages.h>
#include <vtl0/processor.h>
#include <vtl0/roaming.h>
#include <vtl0/secure_call.h>
#include <vtl0/smp.h>
#include <vtl0/testing.h>
#include <vtl0/trustlet.h>
#include <vtl0/vsm.h>
#include <vtl0/x86.h>
#include <worker/worker.h>

#define TIMER_HERTZ   100u
#define FAST_HERTZ    1000u
#define LONG_TICKS    3u
#define FIRST_ROUNDS  UINT64_C(200000)
#define MANY_STARTS   400u
#define CANCELLED_STARTS 10u
#define GIFT_PAGES    256u
#define VECTOR_UNDEFINED 6u
#define VECTOR_PAGE_FAULT 14u
#define FAULT_BY_TIME 0xFFFFFFFDu
#define END_PATIENCE_US 2000000u

static const uint8_t worker[16] = WORKER_IDENTITY;

static struct test_file file;
static uint64_t instance;
static uint64_t sessions[WORKER_SESSIONS];
static uint64_t long_rounds; /* of WORKER_SPIN: more than LONG_TICKS of the timer */

static bool start_worker(void)
{
    struct trustlet_started started;
    bool good = test_start(&file, &started) == SECURE_STATUS_SUCCESS;

    instance = started.instance;
    for (unsigned i = 0; i < WORKER_SESSIONS && good; i++) {
        good = trustlet_open(worker, instance, &sessions[i]) == SECURE_STATUS_SUCCESS;
    }
    return good;
}

static uint64_t expected_sum(uint64_t rounds)
{
    uint64_t sum = 0;

    for (uint64_t n = 0; n < rounds; n++) {
        sum += WORKER_TERM(n);
        __asm__ volatile("" : "+r"(sum));
    }
    return sum;
}

static bool spin(uint64_t session, uint64_t rounds)
{
    uint64_t data = rounds;
    size_t size = sizeof(data);
    uint32_t status = 1;

    return trustlet_invoke(session, WORKER_SPIN, &data, &size, sizeof(data), &status) == SECURE_STATUS_SUCCESS && status == 0 &&
           size == sizeof(data) && data == expected_sum(rounds);
}

/* Emulators differ by orders of magnitude, and by some from one moment to the next: the length of a long call is found, with room. */
static bool find_long_call(void)
{
    for (long_rounds = FIRST_ROUNDS; long_rounds < UINT64_C(1) << 40; long_rounds *= 2) {
        uint64_t from = this_processor()->ticks;

        expected_sum(long_rounds);
        if (this_processor()->ticks - from > 4 * LONG_TICKS) {
            return true;
        }
    }
    return false;
}

/* The timer goes on while the trustlet works, and the trustlet loses nothing by it. */
static bool test_gives_way(void)
{
    uint64_t from = this_processor()->ticks;
    bool good = spin(sessions[0], long_rounds);
    uint64_t ticks = this_processor()->ticks - from;

    return test_report("gives-way", good && trustlet_yields() >= LONG_TICKS && ticks >= LONG_TICKS, trustlet_yields(), LONG_TICKS);
}

struct resumption {
    uint64_t call, data;
    size_t size;
    uint32_t result, status;
};

static void resume(void *argument)
{
    struct resumption *mine = argument;

    mine->result = trustlet_resume(mine->call, &mine->data, &mine->size, sizeof(mine->data), &mine->status);
}

/* Without room for its least answer a call stays as it is. */
static bool resumed_without_room(uint64_t call)
{
    struct secure_request request = { .service = SECURE_SERVICE_RESUME_CALL, .input = &call, .input_size = sizeof(call) };

    return secure_call(&request) == SECURE_STATUS_OUTPUT_TOO_SMALL;
}

/* While a call waits to be resumed its session is busy, another is not; any processor resumes, once. */
static bool test_resumed_elsewhere(void)
{
    struct resumption end = { .status = 1 };
    uint64_t good = 0, call = 0;
    size_t size = 0;
    uint32_t status = 0;

    good += trustlet_invoke_once(sessions[0], WORKER_SPIN, &long_rounds, sizeof(long_rounds), &end.call) == SECURE_STATUS_YIELDED;
    good += end.call != 0;
    good += trustlet_invoke_once(sessions[0], WORKER_SPIN, &long_rounds, sizeof(long_rounds), &call) == SECURE_STATUS_BUSY;
    good += trustlet_close(sessions[0]) == SECURE_STATUS_BUSY;
    good += spin(sessions[1], FIRST_ROUNDS);
    good += resumed_without_room(end.call);
    good += smp_call(processor_count() - 1, resume, &end);
    good += end.result == SECURE_STATUS_SUCCESS && end.status == 0 && end.data == expected_sum(long_rounds);
    good += trustlet_resume(end.call, &end.data, &size, 8, &status) == SECURE_STATUS_NO_SUCH_CALL;
    good += trustlet_cancel(end.call) == SECURE_STATUS_NO_SUCH_CALL && trustlet_resume(0, &end.data, &size, 8, &status) ==
            SECURE_STATUS_NO_SUCH_CALL;
    return test_report("resumed-elsewhere", good == 10, good, 10);
}

static uint64_t newest_instance(void)
{
    struct secure_trustlet found;
    uint64_t newest = 0;
    size_t count;

    while (trustlet_list(newest, &found, 1, &count) == SECURE_STATUS_SUCCESS && count == 1) {
        newest = found.instance;
    }
    return newest;
}

/*
 * A start that stopped while its file was copied or checked: no process is
 * there yet. One that came further is ended, and then its call is no more.
 */
static bool stopped_in_launch(uint64_t *call)
{
    struct trustlet_started started;

    for (unsigned tries = 0; tries < MANY_STARTS; tries++) {
        uint64_t before = newest_instance(), after;
        uint32_t status = trustlet_start_once(&file.range, 1, file.size, &started, call);

        after = newest_instance();
        if (status == SECURE_STATUS_YIELDED && after == before) {
            return true;
        }
        if (trustlet_end(after) != SECURE_STATUS_SUCCESS ||
            (status == SECURE_STATUS_YIELDED && trustlet_resume_start(*call, &started) != SECURE_STATUS_NO_SUCH_CALL)) {
            return false;
        }
    }
    return false;
}

/* A launch is short: with interrupts that come more often one of few stops in it. */
static bool stop_in_launch(uint64_t *call)
{
    bool stopped;

    apic_timer_start(FAST_HERTZ);
    stopped = stopped_in_launch(call);
    apic_timer_start(TIMER_HERTZ);
    return stopped;
}

struct started_elsewhere {
    uint64_t call;
    struct trustlet_started started;
    uint32_t result;
};

static void resume_start(void *argument)
{
    struct started_elsewhere *mine = argument;

    mine->result = trustlet_resume_start(mine->call, &mine->started);
}

/* Ring 0's own long work gives way too. Meanwhile the next file has to wait, and any processor goes on with this one. */
static bool test_start_gives_way(void)
{
    static const struct normal_reply reply;
    struct started_elsewhere start = { 0 };
    struct trustlet_started other;
    struct secure_info before, after;
    uint64_t good = 0, session = 0;

    secure_get_info(&before);
    good += stop_in_launch(&start.call);
    secure_get_info(&after);
    good += after.handles == before.handles + 1 && after.system_threads >= 1;
    good += test_start(&file, &other) == SECURE_STATUS_BUSY;
    good += trustlet_answer(start.call, &reply, NULL, 0) == SECURE_STATUS_BAD_REPLY && resumed_without_room(start.call);
    good += after.start_call == start.call;
    good += smp_call(processor_count() - 1, resume_start, &start) && start.result == SECURE_STATUS_SUCCESS;
    good += trustlet_open(worker, start.started.instance, &session) == SECURE_STATUS_SUCCESS && spin(session, FIRST_ROUNDS);
    good += trustlet_resume_start(start.call, &other) == SECURE_STATUS_NO_SUCH_CALL;
    good += trustlet_end(start.started.instance) == SECURE_STATUS_SUCCESS;
    secure_get_info(&after);
    good += after.free_pages == before.free_pages && after.handles == before.handles;
    return test_report("start-gives-way", good == 10, good, 10);
}

/* Wherever in copying or checking a start stopped, cancelling ends it there, and the next one begins anew. */
static bool test_start_cancelled(void)
{
    struct trustlet_started started;
    struct secure_info before, after;
    uint64_t good = 0, call;

    secure_get_info(&before);
    for (unsigned i = 0; i < CANCELLED_STARTS; i++) {
        good += stop_in_launch(&call) && trustlet_cancel(call) == SECURE_STATUS_SUCCESS &&
                trustlet_resume_start(call, &started) == SECURE_STATUS_NO_SUCH_CALL &&
                trustlet_cancel(call) == SECURE_STATUS_NO_SUCH_CALL;
    }
    secure_get_info(&after);
    good += after.free_pages == before.free_pages && after.handles == before.handles && after.start_call == 0;
    good += test_start(&file, &started) == SECURE_STATUS_SUCCESS && trustlet_end(started.instance) == SECURE_STATUS_SUCCESS;
    return test_report("start-cancelled", good == CANCELLED_STARTS + 2, good, CANCELLED_STARTS + 2);
}

static bool test_cancelled(void)
{
    uint64_t good = 0, call, data;
    size_t size = 0;
    uint32_t status = 0;

    good += trustlet_invoke_once(sessions[0], WORKER_UNTIL_CANCELLED, NULL, 0, &call) == SECURE_STATUS_YIELDED;
    good += trustlet_cancel(call) == SECURE_STATUS_SUCCESS;
    good += trustlet_resume(call, &data, &size, sizeof(data), &status) == SECURE_STATUS_SUCCESS && status == WORKER_CANCELLED;
    good += spin(sessions[0], FIRST_ROUNDS); /* the next call is not cancelled with it */
    return test_report("cancelled", good == 4, good, 4);
}

struct meeting {
    uint64_t session;
    uint32_t wanted, result, status;
};

static void meet(void *argument)
{
    struct meeting *mine = argument;
    uint64_t data = mine->wanted;
    size_t size = sizeof(mine->wanted);

    mine->status = 1;
    mine->result = trustlet_invoke(mine->session, WORKER_MEET, &data, &size, sizeof(data), &mine->status);
}

/* Each call returns only when all are inside: one that was left yielded, and one on each processor. */
static bool test_sessions_at_once(void)
{
    static struct meeting meetings[WORKER_SESSIONS - 1];
    uint32_t parties = processor_count() < WORKER_SESSIONS ? processor_count() : WORKER_SESSIONS - 1;
    uint32_t wanted = parties + 1, good = 0, status = 1;
    uint64_t call = 0, data;
    size_t size;

    good += trustlet_invoke_once(sessions[parties], WORKER_MEET, &wanted, sizeof(wanted), &call) == SECURE_STATUS_YIELDED;
    for (uint32_t i = parties; i-- > 0;) {
        meetings[i] = (struct meeting){ .session = sessions[i], .wanted = wanted };
        smp_call_begin(i, meet, &meetings[i]); /* the boot processor, last, works at once */
    }
    for (uint32_t i = 0; i < parties; i++) {
        good += smp_call_end(i) && meetings[i].result == SECURE_STATUS_SUCCESS && meetings[i].status == 0;
    }
    good += trustlet_resume(call, &data, &size, sizeof(data), &status) == SECURE_STATUS_SUCCESS && status == 0;
    return test_report("sessions-at-once", good == parties + 2, good, parties + 2);
}

/* Whatever a trustlet leaves in its segment registers, neither it nor another one finds it there at the next entry. */
static bool test_segments(void)
{
    struct trustlet_started other;
    uint64_t good = 0, data[3] = { 1, 1, 1 }, session = 0;
    uint64_t used[3] = { sessions[0], sessions[0], 0 };
    uint32_t status;

    good += test_start(&file, &other) == SECURE_STATUS_SUCCESS &&
            trustlet_open(worker, other.instance, &session) == SECURE_STATUS_SUCCESS;
    used[2] = session;
    for (unsigned i = 0; i < 3; i++) {
        size_t size = 0;

        good += trustlet_invoke(used[i], WORKER_SEGMENTS, &data[i], &size, sizeof(data[i]), &status) == SECURE_STATUS_SUCCESS &&
                size == sizeof(data[i]) && data[i] == 0;
    }
    good += trustlet_end(other.instance) == SECURE_STATUS_SUCCESS;
    return test_report("segments", good == 5, good, 5);
}

static bool ended_by(uint64_t number, uint32_t vector)
{
    struct secure_trustlet found;
    size_t count;
    bool good = trustlet_list(number - 1, &found, 1, &count) == SECURE_STATUS_SUCCESS && count == 1;

    if (good) {
        test_tell_backtrace(&found.fault);
    }
    return good && found.instance == number &&
           found.state == SECURE_TRUSTLET_ENDED && found.fault.vector == vector && found.pages == 0 &&
           (found.fault.rip_offset == SECURE_FAULT_NOWHERE) == (vector == FAULT_BY_TIME) &&
           (found.fault.frame_count == 0) == (vector == FAULT_BY_TIME);
}

/* A crash ends all of the trustlet, calls that wait to be resumed included, and none of it stays. */
static bool test_crash(void)
{
    struct secure_info before, after;
    uint64_t good = 0, call, data;
    size_t size = 0;
    uint32_t status;

    trustlet_end(instance);
    secure_get_info(&before);
    good += start_worker();
    good += trustlet_invoke_once(sessions[0], WORKER_UNTIL_CANCELLED, NULL, 0, &call) == SECURE_STATUS_YIELDED;
    good += trustlet_invoke(sessions[1], WORKER_CRASH, &data, &size, sizeof(data), &status) == SECURE_STATUS_TRUSTLET_FAULT;
    good += ended_by(instance, VECTOR_UNDEFINED);
    good += trustlet_resume(call, &data, &size, sizeof(data), &status) == SECURE_STATUS_NO_SUCH_CALL;
    good += trustlet_invoke(sessions[2], WORKER_SPIN, &data, &size, sizeof(data), &status) == SECURE_STATUS_TRUSTLET_EXITED;
    good += trustlet_close(sessions[2]) == SECURE_STATUS_SUCCESS && trustlet_end(instance) == SECURE_STATUS_SUCCESS;
    good += trustlet_close(sessions[1]) == SECURE_STATUS_NO_SUCH_SESSION;
    secure_get_info(&after);
    good += before.free_pages == after.free_pages;
    return test_report("crash", good == 9, good, 9);
}

static uint32_t use_stack(uint64_t bytes)
{
    size_t size = sizeof(bytes);
    uint32_t status;

    return trustlet_invoke(sessions[0], WORKER_DEEP, &bytes, &size, 0, &status);
}

/* A thread may use its stack, but for what its calls take; a page more, and what is below it is nobody's. */
static bool test_stack_overflow(void)
{
    uint64_t good = start_worker();

    good += use_stack(WORKER_STACK_SIZE - 2 * PAGE_SIZE) == SECURE_STATUS_SUCCESS;
    good += use_stack(WORKER_STACK_SIZE) == SECURE_STATUS_TRUSTLET_FAULT;
    good += ended_by(instance, VECTOR_PAGE_FAULT);
    good += trustlet_end(instance) == SECURE_STATUS_SUCCESS;
    return test_report("stack-overflow", good == 5, good, 5);
}

static void run_until_cancelled(void *argument)
{
    uint64_t data;
    size_t size = 0;
    uint32_t status;

    *(uint32_t *)argument = trustlet_invoke(sessions[0], WORKER_UNTIL_CANCELLED, &data, &size, sizeof(data), &status);
}

static uint32_t end_patiently(uint64_t number, bool *was_busy)
{
    uint64_t until = clock_microseconds() + END_PATIENCE_US;
    uint32_t status;

    do {
        status = trustlet_end(number);
        *was_busy = *was_busy || status == SECURE_STATUS_BUSY;
    } while (status == SECURE_STATUS_BUSY && clock_microseconds() < until);
    return status;
}

/* VTL0 ends a trustlet that runs on another processor: the call there ends with it. */
static bool test_ended_while_running(void)
{
    uint32_t last = processor_count() - 1, result = SECURE_STATUS_SUCCESS;
    uint64_t good = start_worker();
    bool was_busy = false;

    smp_call_begin(last, run_until_cancelled, &result);
    clock_delay(50000);
    good += end_patiently(instance, &was_busy) == SECURE_STATUS_SUCCESS;
    good += smp_call_end(last);
    good += result == SECURE_STATUS_TRUSTLET_FAULT || result == SECURE_STATUS_NO_SUCH_CALL;
    return test_report("ended-while-running", good == 4, good, 4);
}

/* What the manifest of "limited" allows: one instance, two sessions besides its four threads, a fifth of a second for a call, in which it
 * gives way to VTL0's timer as any other does. */
static bool test_quotas(void)
{
    static const uint8_t limited[16] = LIMITED_IDENTITY;
    struct test_file image = test_place(limited_image_start, limited_image_end);
    struct trustlet_started started, second;
    uint64_t good = 0, data, call, first, other, third;
    size_t length = 0;
    uint32_t status;

    good += test_start(&image, &started) == SECURE_STATUS_SUCCESS;
    good += test_start(&image, &second) == SECURE_STATUS_IMAGE_REFUSED && second.refusal.reason == SECURE_REFUSAL_INSTANCES;
    good += trustlet_open(limited, 0, &first) == SECURE_STATUS_SUCCESS && trustlet_open(limited, 0, &other) == SECURE_STATUS_SUCCESS;
    good += trustlet_open(limited, 0, &third) == SECURE_STATUS_NO_RESOURCES;
    good += trustlet_invoke_once(first, WORKER_UNTIL_CANCELLED, NULL, 0, &call) == SECURE_STATUS_YIELDED;
    good += trustlet_resume(call, &data, &length, sizeof(data), &status) == SECURE_STATUS_TRUSTLET_FAULT;
    good += ended_by(started.instance, FAULT_BY_TIME);
    good += test_start(&image, &second) == SECURE_STATUS_SUCCESS && trustlet_end(second.instance) == SECURE_STATUS_SUCCESS;
    good += trustlet_end(started.instance) == SECURE_STATUS_SUCCESS;
    return test_report("quotas", good == 9, good, 9);
}

/* A call is over its time although no interrupt of VTL0's and no system call of the trustlet's brings it back. */
static bool test_call_time(void)
{
    static const uint8_t limited[16] = LIMITED_IDENTITY;
    struct test_file image = test_place(limited_image_start, limited_image_end);
    struct trustlet_started started;
    uint64_t good = 0, data = UINT64_C(1) << 48, session;
    size_t size = sizeof(data);
    uint32_t status;

    good += test_start(&image, &started) == SECURE_STATUS_SUCCESS;
    good += trustlet_open(limited, 0, &session) == SECURE_STATUS_SUCCESS;
    interrupts_off();
    status = trustlet_invoke(session, WORKER_SPIN, &data, &size, sizeof(data), &status);
    interrupts_on();
    good += status == SECURE_STATUS_TRUSTLET_FAULT && ended_by(started.instance, FAULT_BY_TIME);
    good += trustlet_end(started.instance) == SECURE_STATUS_SUCCESS;
    return test_report("call-time", good == 4, good, 4);
}

static void start_timer(void *unused)
{
    (void)unused;
    apic_timer_start(TIMER_HERTZ);
}

static bool prepare(void)
{
    file = test_place(worker_image_start, worker_image_end);
    for (uint32_t i = 1; i < processor_count(); i++) {
        smp_call(i, start_timer, NULL);
    }
    return test_give(GIFT_PAGES);
}

int mode_threads(const struct mode_context *context)
{
    bool good;

    (void)context;
    if (vsm_state() != VSM_READY) {
        console_printf("no trustlets: %s\n", vsm_state_text(vsm_state()));
        return 1;
    }
    if (!prepare() || !find_long_call() || !test_report("start", start_worker(), 0, 0)) {
        return 1;
    }
    good = test_gives_way();
    good = test_resumed_elsewhere() && good;
    good = test_start_gives_way() && good;
    good = test_start_cancelled() && good;
    good = test_cancelled() && good;
    good = test_sessions_at_once() && good;
    good = test_large_calls(&file, sessions[0], long_rounds) && good;
    good = test_segments() && good;
    good = test_crash() && good;
    good = test_stack_overflow() && good;
    good = test_quotas() && good;
    good = test_call_time() && good;
    good = test_layouts() && good;
    good = (processor_count() == 1 || test_two_trustlets(long_rounds)) && good;
    return (processor_count() == 1 || test_ended_while_running()) && good ? 0 : 1;
}
