/*
 * Secure calls by chance, from ring 0 of VTL0: frames that are nearly right,
 * with a model of which pages VTL0 has given away. Whatever is asked, VTL1
 * answers with a status of its list, goes on serving, and the rights of VTL0 are
 * what the model says. Deterministic from its seed, timer interrupts apart.
 */
#include <vtl0/modes.h>

#include <lib/string.h>
#include <vtl0/console.h>
#include <vtl0/pages.h>
#include <vtl0/probe.h>
#include <vtl0/processor.h>
#include <vtl0/secure_call.h>
#include <vtl0/testing.h>
#include <vtl0/vsm.h>
#include <vtl0/x86.h>
#include <worker/worker.h>

#define POOL_PAGES  512u
#define HANDLES     8u
#define CALL_LIMIT  UINT64_C(50) /* rounds of WORKER_SPIN: a call by chance is a short one */
#define LAST_SERVICE SECURE_SERVICE_GET_PROTECTIONS

#define SECURE_STATUS(number, name, text) +1
static const uint32_t status_count = 0
#include <abi/secure_statuses.def>
    ;
#undef SECURE_STATUS

static uint64_t state;                /* of the generator */
static uint8_t *pool;
static bool given[POOL_PAGES];        /* the model */
static struct test_file images[2];
enum kind { SESSION, INSTANCE, CALL, KINDS };

static uint64_t recent[KINDS][HANDLES]; /* what VTL1 told of */
static uint64_t by_status[32], odd_statuses;
static struct secure_info info;
static uint64_t start_call; /* of the last start that stopped on its way: VTL1 takes the next file when it is through */

/* xorshift64* (G. Marsaglia, "Xorshift RNGs"). */
static uint64_t chance(void)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * UINT64_C(2685821657736338717);
}

static uint64_t below(uint64_t limit)
{
    return chance() % limit;
}

/* One of the kind that is wanted, now and then of another one, or none at all. */
static uint64_t handle(enum kind kind)
{
    if (below(16) == 0) {
        return chance();
    }
    return recent[below(8) == 0 ? below(KINDS) : kind][below(HANDLES)];
}

/* Pages of the pool, and what is no RAM of VTL0's: never RAM that VTL0 still needs. */
static uint64_t address(void)
{
    switch (below(12)) {
    case 0:
        return info.region_base + below(info.region_size);
    case 1:
        return UINT64_C(0xFEC00000) + (below(0x200) << 12);
    case 2:
        return chance() | UINT64_C(1) << 51;
    case 3:
        return (uint64_t)(uintptr_t)pool + below(POOL_PAGES * PAGE_SIZE);
    default:
        return (uint64_t)(uintptr_t)pool + below(POOL_PAGES) * PAGE_SIZE;
    }
}

/* A range never reaches beyond the pool by its length. */
static struct secure_range range(void)
{
    struct secure_range some = { .gpa = address(), .pages = below(6) };
    uint64_t offset = some.gpa - (uint64_t)(uintptr_t)pool;

    if (offset < POOL_PAGES * PAGE_SIZE && some.pages > POOL_PAGES - offset / PAGE_SIZE) {
        some.pages = 1;
    }
    return some;
}

static uint32_t fill_ranges(uint8_t *data, uint32_t most)
{
    uint32_t count = 1 + (uint32_t)below(most);

    for (uint32_t i = 0; i < count; i++) {
        const struct secure_range some = range();

        memcpy(data + i * sizeof(some), &some, sizeof(some));
    }
    return count * (uint32_t)sizeof(struct secure_range);
}

static uint32_t fill_start(uint8_t *data)
{
    const struct test_file *file = &images[below(2)];
    const struct secure_start header = { .image_size = file->size - (below(4) == 0 ? below(5000) : 0) };

    memcpy(data, &header, sizeof(header));
    if (below(3) == 0) {
        return (uint32_t)sizeof(header) + fill_ranges(data + sizeof(header), 4);
    }
    memcpy(data + sizeof(header), &file->range, sizeof(file->range));
    return sizeof(header) + sizeof(file->range);
}

static uint32_t fill_invoke(uint8_t *data)
{
    const struct secure_invoke header = { .command = 1 + (uint32_t)below(WORKER_ASK + 1), .reserved = below(16) == 0 };
    uint64_t argument = below(CALL_LIMIT);

    memcpy(data, &header, sizeof(header));
    memcpy(data + sizeof(header), &argument, sizeof(argument));
    if (header.command == WORKER_ASK) {
        const struct worker_ask ask = { 1 + (uint32_t)below(6), (uint32_t)below(64) };

        memcpy(data + sizeof(header), &ask, sizeof(ask));
        return (uint32_t)(sizeof(header) + sizeof(ask) + (below(2) == 0 ? 64 : below(70)));
    }
    return (uint32_t)(sizeof(header) + (below(4) == 0 ? below(100) : 8));
}

static uint32_t pages_of(const uint8_t *ranges, uint32_t count)
{
    uint64_t pages = 0;

    for (uint32_t i = 0; i < count; i++) {
        struct secure_range some;

        memcpy(&some, ranges + i * sizeof(some), sizeof(some));
        pages += some.pages;
    }
    return (uint32_t)pages;
}

static uint32_t fill_large(uint8_t *data)
{
    struct secure_invoke_large header = { .command = WORKER_MIRROR, .reserved = below(16) == 0 };
    uint8_t *ranges = data + sizeof(header);
    uint32_t in = fill_ranges(ranges, 4), out = fill_ranges(ranges + in, 4);

    header.input_ranges = in / (uint32_t)sizeof(struct secure_range);
    header.output_ranges = out / (uint32_t)sizeof(struct secure_range);
    header.input_size = pages_of(ranges, header.input_ranges) * (uint32_t)PAGE_SIZE - (uint32_t)below(PAGE_SIZE);
    header.output_capacity = pages_of(ranges + in, header.output_ranges) * (uint32_t)PAGE_SIZE - (uint32_t)below(PAGE_SIZE);
    memcpy(data, &header, sizeof(header));
    return (uint32_t)sizeof(header) + in + out;
}

static uint32_t fill_resume(uint8_t *data)
{
    const uint64_t call = handle(CALL);
    const struct normal_reply reply = { (uint32_t)below(5), (uint32_t)below(40) };

    memcpy(data, &call, sizeof(call));
    memcpy(data + sizeof(call), &reply, sizeof(reply));
    return below(2) == 0 ? (uint32_t)sizeof(call) : (uint32_t)(sizeof(call) + sizeof(reply) + (below(2) == 0 ? reply.size : below(60)));
}

static bool takes_nothing(uint32_t service)
{
    return service == SECURE_SERVICE_GET_INFO || service == SECURE_SERVICE_GET_PROTECTIONS || service == SECURE_SERVICE_CLOSE_SESSION;
}

/* Returns the input's size; what the service reads is plausible more often than not. */
static uint32_t fill(uint32_t service, uint8_t *data)
{
    static const uint8_t worker[16] = WORKER_IDENTITY;
    uint64_t number = handle(service == SECURE_SERVICE_CANCEL_CALL ? CALL : INSTANCE);

    switch (service) {
    case SECURE_SERVICE_OPEN_SESSION:
        memcpy(data, worker, sizeof(worker));
        memcpy(data + sizeof(worker), &number, sizeof(number));
        return below(2) == 0 ? 16 : 24;
    case SECURE_SERVICE_INVOKE:
        return fill_invoke(data);
    case SECURE_SERVICE_INVOKE_LARGE:
        return fill_large(data);
    case SECURE_SERVICE_DONATE_MEMORY:
        return fill_ranges(data, 8);
    case SECURE_SERVICE_START_TRUSTLET:
        return fill_start(data);
    case SECURE_SERVICE_RESUME_CALL:
        return fill_resume(data);
    case SECURE_SERVICE_RECLAIM_MEMORY:
        number = below(64);
        break;
    default:
        break;
    }
    memcpy(data, &number, sizeof(number));
    return takes_nothing(service) ? 0 : 8;
}

static void disturb(struct secure_call_frame *frame)
{
    uint8_t *header = (uint8_t *)frame;

    if (below(10) == 0) {
        header[below(64)] ^= (uint8_t)(1u << below(8));
    }
}

static void mark(const uint8_t *data, uint32_t size, bool gone)
{
    for (uint32_t at = 0; at + sizeof(struct secure_range) <= size; at += sizeof(struct secure_range)) {
        struct secure_range some;

        memcpy(&some, data + at, sizeof(some));
        for (uint64_t i = 0; i < some.pages; i++) {
            uint64_t number = (some.gpa + i * PAGE_SIZE - (uint64_t)(uintptr_t)pool) / PAGE_SIZE;

            if (number < POOL_PAGES) {
                given[number] = gone;
            }
        }
    }
}

static void remember(enum kind kind, uint64_t number)
{
    if (number != 0) {
        recent[kind][below(HANDLES)] = number;
    }
}

static void finish_start(void)
{
    struct trustlet_started started;

    trustlet_resume_start(start_call, &started);
    start_call = 0;
}

/* A start that was resumed goes on under another handle. */
static void follow_start(const struct secure_call_frame *asked, const struct secure_call_frame *answer)
{
    bool resumed = asked->service == SECURE_SERVICE_RESUME_CALL && start_call != 0 &&
                   memcmp(asked->data, &start_call, sizeof(start_call)) == 0;

    if (answer->call != 0 && (resumed || asked->service == SECURE_SERVICE_START_TRUSTLET)) {
        start_call = answer->call;
    }
}

/* What a success or a stop on the way changes in the model, and what it tells. asked: the frame as VTL1 read it. */
static void learn(const struct secure_call_frame *asked, const struct secure_call_frame *answer)
{
    uint64_t number;

    remember(CALL, answer->call);
    follow_start(asked, answer);
    if (answer->status != SECURE_STATUS_SUCCESS) {
        return;
    }
    memcpy(&number, answer->data, sizeof(number));
    if (asked->service == SECURE_SERVICE_DONATE_MEMORY) {
        mark(asked->data, asked->input_size, true);
    } else if (asked->service == SECURE_SERVICE_RECLAIM_MEMORY) {
        mark(answer->data, answer->output_size, false);
    } else if (asked->service == SECURE_SERVICE_OPEN_SESSION) {
        remember(SESSION, number);
    } else if (asked->service == SECURE_SERVICE_START_TRUSTLET ||
               (asked->service == SECURE_SERVICE_LIST_TRUSTLETS && answer->output_size != 0)) {
        remember(INSTANCE, number);
    }
}

static bool in_session(uint32_t service)
{
    return service == SECURE_SERVICE_INVOKE || service == SECURE_SERVICE_INVOKE_LARGE || service == SECURE_SERVICE_CLOSE_SESSION;
}

static void one_call(void)
{
    static struct secure_call_frame asked;
    struct secure_call_frame *frame = this_processor()->frame;
    uint32_t service = 1 + (uint32_t)below(LAST_SERVICE + 1);
    uint32_t rax;

    memset(frame, 0, sizeof(*frame));
    frame->version = SECURE_CALL_VERSION;
    frame->service = service;
    frame->session = in_session(service) ? handle(SESSION) : 0;
    frame->input_size = fill(service, frame->data);
    frame->output_capacity = below(4) == 0 ? (uint32_t)below(200) : SECURE_CALL_DATA_SIZE;
    disturb(frame);
    memcpy(&asked, frame, sizeof(asked));
    rax = (uint32_t)vsm_vtl_call(below(40) == 0 ? address() | 8 : (uint64_t)(uintptr_t)frame);
    odd_statuses += rax >= status_count;
    by_status[rax < status_count ? rax : 31]++;
    if (rax != SECURE_STATUS_BAD_FRAME_ADDRESS) {
        odd_statuses += frame->status != rax || frame->output_size > SECURE_CALL_DATA_SIZE;
        learn(&asked, frame);
    }
    if (service == SECURE_SERVICE_START_TRUSTLET && rax == SECURE_STATUS_BUSY && below(4) == 0) {
        finish_start();
    }
}

/* Which pages of the pool are not as the model says? */
static uint64_t pages_against_model(void)
{
    uint64_t wrong = 0;

    for (uint64_t i = 0; i < POOL_PAGES; i++) {
        struct probe probe = { .code = (uint64_t)(uintptr_t)probe_read, .rdi = (uint64_t)(uintptr_t)pool + i * PAGE_SIZE };

        wrong += probe_call(&probe) == given[i];
    }
    return wrong;
}

static void end_everything(void)
{
    struct secure_trustlet found;
    uint64_t after = 0;
    size_t count;

    while (trustlet_list(after, &found, 1, &count) == SECURE_STATUS_SUCCESS && count == 1) {
        trustlet_end(found.instance);
        after = found.instance;
    }
}

/* Every page is free once no trustlet is left that VTL0 started. */
static bool nothing_lost(uint64_t free_before)
{
    finish_start();
    end_everything();
    secure_get_info(&info);
    return test_report("nothing-lost", info.free_pages - info.donated_pages == free_before, info.free_pages - info.donated_pages,
                       free_before);
}

static void tell_statuses(void)
{
    console_printf("@openvsm fuzz");
    for (uint32_t i = 0; i < status_count; i++) {
        console_printf(" s%u=%lu", i, by_status[i]);
    }
    console_printf("\n");
}

/* VTL1's tables for the pool stay once they are made: the first donation is not to be counted as a loss. */
static bool make_tables(void)
{
    const struct secure_range all = { (uint64_t)(uintptr_t)pool, SECURE_DONATION_MAX };
    const struct secure_range rest = { all.gpa + all.pages * PAGE_SIZE, POOL_PAGES - SECURE_DONATION_MAX };
    struct secure_range out[16];
    size_t count = 0;

    if (trustlet_donate(&all, 1) != SECURE_STATUS_SUCCESS || trustlet_donate(&rest, 1) != SECURE_STATUS_SUCCESS) {
        return false;
    }
    do {
        if (trustlet_reclaim(SECURE_DONATION_MAX, out, 16, &count) != SECURE_STATUS_SUCCESS) {
            return false;
        }
    } while (count > 0);
    return secure_get_info(&info) && info.donated_pages == 0;
}

int mode_fuzz(const struct mode_context *context)
{
    uint64_t free_before;
    bool good;

    if (vsm_state() != VSM_READY || !secure_get_info(&info)) {
        return 1;
    }
    state = context->options->seed != 0 ? context->options->seed : (uint32_t)rdtsc() | 1;
    console_printf("seed %lu, %u secure calls\n", state, context->options->calls);
    images[0] = test_place(hello_image_start, hello_image_end);
    images[1] = test_place(worker_image_start, worker_image_end);
    pool = pages_alloc(POOL_PAGES, PAGE_SIZE);
    if (!test_report("start", make_tables(), info.donated_pages, 0)) {
        return 1;
    }
    free_before = info.free_pages;
    for (uint32_t i = 0; i < context->options->calls; i++) {
        one_call();
    }
    tell_statuses();
    good = test_report("statuses", odd_statuses == 0, odd_statuses, 0);
    good = test_report("rights", pages_against_model() == 0, pages_against_model(), 0) && good;
    return nothing_lost(free_before) && good ? 0 : 1;
}
