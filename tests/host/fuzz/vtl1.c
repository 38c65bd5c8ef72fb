/*
 * The whole secure kernel behind its secure calls: VTL0, ring 3 and the second
 * processor do what the input says, and allocations fail where it says so. Ring
 * 0's own checks stop it, and so do the machine's (vtl1-machine.c); afterwards
 * everything that began must end, and every page be back and wiped.
 */
#include <stdlib.h>
#include <string.h>

#include "vtl1-machine.h"

#include <sk/secure_call.h>

#include "vtl1-faults.h"
#include "vtl1-play.h"
#include "vtl1-ring3.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HOLDS(condition) ((condition) ? (void)0 : abort())

#define POOL      600u /* pages that VTL0 gives */
#define POOL_SIZE 48u
#define HANDLES   4u

#define SECURE_STATUS(number, name, text) +1
static const uint32_t statuses = 0
#include <abi/secure_statuses.def>
    ;
#undef SECURE_STATUS

enum kind { SESSION, INSTANCE, CALL, KINDS };

static uint64_t recent[KINDS][HANDLES];
static bool given[RAM_PAGES]; /* the model */
static uint64_t owned_at_rest;
static uint32_t processor;

/* The latest more often than not, now and then of another kind, or none at all. */
static uint64_t handle(enum kind kind)
{
    uint8_t which = play_byte();
    uint8_t place = which & which >> 2 & (HANDLES - 1);

    return which < 240 ? recent[kind][place] : which < 248 ? recent[(kind + 1) % KINDS][place] : which;
}

static bool in_session(uint32_t service)
{
    return service == SECURE_SERVICE_INVOKE || service == SECURE_SERVICE_INVOKE_LARGE || service == SECURE_SERVICE_CLOSE_SESSION;
}

static uint32_t any_service(void)
{
    static const uint8_t services[] = {
        SECURE_SERVICE_START_TRUSTLET, SECURE_SERVICE_START_TRUSTLET, SECURE_SERVICE_OPEN_SESSION, SECURE_SERVICE_OPEN_SESSION,
        SECURE_SERVICE_INVOKE, SECURE_SERVICE_INVOKE, SECURE_SERVICE_INVOKE, SECURE_SERVICE_RESUME_CALL, SECURE_SERVICE_RESUME_CALL,
        SECURE_SERVICE_RESUME_CALL, SECURE_SERVICE_CLOSE_SESSION, SECURE_SERVICE_DONATE_MEMORY, SECURE_SERVICE_RECLAIM_MEMORY,
        SECURE_SERVICE_END_TRUSTLET, SECURE_SERVICE_LIST_TRUSTLETS, SECURE_SERVICE_CANCEL_CALL, SECURE_SERVICE_GET_INFO,
        SECURE_SERVICE_INVOKE_LARGE, SECURE_SERVICE_INVOKE_LARGE,
        SECURE_SERVICE_GET_PROTECTIONS, SECURE_SERVICE_GET_PROTECTIONS + 1,
    };

    return services[play_below(sizeof(services))];
}

static struct secure_range range(void)
{
    struct secure_range some = { MACHINE_BASE + (POOL + play_below(POOL_SIZE)) * PAGE_SIZE, play_below(9) };

    switch (play_byte()) {
    case 0:
        some.gpa += play_byte();
        break;
    case 1:
        some.gpa += RAM_PAGES * PAGE_SIZE;
        break;
    case 2:
        some.gpa = play_byte() * PAGE_SIZE;
        break;
    case 3:
        some.pages = UINT64_MAX >> play_below(64);
        break;
    default:
        break;
    }
    return some;
}

static uint32_t fill_ranges(uint8_t *data)
{
    uint32_t count = 1 + (uint32_t)play_below(4);

    for (uint32_t i = 0; i < count; i++) {
        const struct secure_range some = range();

        memcpy(data + i * sizeof(some), &some, sizeof(some));
    }
    return count * (uint32_t)sizeof(struct secure_range);
}

static uint32_t fill_start(uint8_t *data)
{
    const struct secure_range file = { MACHINE_BASE + FILE_PAGE * PAGE_SIZE, (FILE_BYTES + PAGE_SIZE - 1) / PAGE_SIZE };
    const struct secure_start header = { play_byte() < 250 ? FILE_BYTES : play_below(65536) };

    memcpy(data, &header, sizeof(header));
    if (play_byte() > 250) {
        return (uint32_t)sizeof(header) + fill_ranges(data + sizeof(header));
    }
    memcpy(data + sizeof(header), &file, sizeof(file));
    return sizeof(header) + sizeof(file);
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
    struct secure_invoke_large header = { .command = play_byte(), .reserved = play_byte() > 250 };
    uint8_t *ranges = data + sizeof(header);
    uint32_t in = fill_ranges(ranges), out = fill_ranges(ranges + in);

    header.input_ranges = in / (uint32_t)sizeof(struct secure_range);
    header.output_ranges = out / (uint32_t)sizeof(struct secure_range);
    header.input_size = pages_of(ranges, header.input_ranges) * (uint32_t)PAGE_SIZE - play_byte();
    header.output_capacity = pages_of(ranges + in, header.output_ranges) * (uint32_t)PAGE_SIZE - play_byte();
    memcpy(data, &header, sizeof(header));
    return (uint32_t)sizeof(header) + in + out;
}

static uint32_t fill_resume(uint8_t *data)
{
    const uint64_t call = handle(CALL);
    const struct normal_reply reply = { play_byte() % 5, play_byte() % 32 };

    memcpy(data, &call, sizeof(call));
    memcpy(data + sizeof(call), &reply, sizeof(reply));
    return play_byte() < 128 ? (uint32_t)sizeof(call) : (uint32_t)(sizeof(call) + sizeof(reply)) + (play_byte() < 240 ? reply.size : 9);
}

static uint32_t fill(uint32_t service, uint8_t *data)
{
    uint64_t value;

    switch (service) {
    case SECURE_SERVICE_GET_INFO:
    case SECURE_SERVICE_GET_PROTECTIONS:
    case SECURE_SERVICE_CLOSE_SESSION:
        return 0;
    case SECURE_SERVICE_OPEN_SESSION:
        value = handle(INSTANCE);
        memcpy(data, ring3_header.identity, 16);
        memcpy(data + 16, &value, sizeof(value));
        return play_byte() < 128 ? 16 : 24;
    case SECURE_SERVICE_INVOKE:
        return 8 + play_byte();
    case SECURE_SERVICE_INVOKE_LARGE:
        return fill_large(data);
    case SECURE_SERVICE_DONATE_MEMORY:
        return fill_ranges(data);
    case SECURE_SERVICE_START_TRUSTLET:
        return fill_start(data);
    case SECURE_SERVICE_RESUME_CALL:
        return fill_resume(data);
    case SECURE_SERVICE_RECLAIM_MEMORY:
        value = play_byte();
        break;
    default:
        value = handle(service == SECURE_SERVICE_CANCEL_CALL ? CALL : INSTANCE);
        break;
    }
    memcpy(data, &value, sizeof(value));
    return sizeof(value);
}

static void mark(const uint8_t *data, uint32_t size, bool gone)
{
    for (uint32_t at = 0; at + sizeof(struct secure_range) <= size; at += sizeof(struct secure_range)) {
        struct secure_range some;

        memcpy(&some, data + at, sizeof(some));
        for (uint64_t i = 0; i < some.pages; i++) {
            given[machine_number(gpa(some.gpa + i * PAGE_SIZE))] = gone;
        }
    }
}

static void remember(enum kind kind, uint64_t number)
{
    if (number != 0) {
        memmove(&recent[kind][1], &recent[kind][0], sizeof(recent[kind]) - sizeof(number));
        recent[kind][0] = number;
    }
}

static void learn(const struct secure_call_frame *asked, const struct secure_call_frame *answer)
{
    uint64_t number;

    remember(CALL, answer->call);
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
    } else if (asked->service == SECURE_SERVICE_START_TRUSTLET) {
        remember(INSTANCE, number);
    } else if (asked->service == SECURE_SERVICE_RESUME_CALL && answer->output_size == sizeof(number)) {
        remember(SESSION, number); /* or an instance: the list tells both */
        remember(INSTANCE, number);
    }
}

/* Frames of the two processors are at the two ends of VTL0's RAM. */
static struct secure_call_frame *frame_of(uint64_t *address)
{
    uint64_t page = processor * (RAM_PAGES - 1);

    *address = MACHINE_BASE + page * PAGE_SIZE;
    return (struct secure_call_frame *)(machine_memory + page * PAGE_SIZE);
}

static void one_call(void)
{
    uint32_t service = any_service(), status;
    struct secure_call_frame asked = { .version = SECURE_CALL_VERSION, .service = service };
    uint8_t shape = play_byte();
    uint64_t address;
    struct secure_call_frame *frame = frame_of(&address);

    asked.session = in_session(service) ? handle(SESSION) : 0;
    asked.input_size = fill(service, asked.data);
    asked.output_capacity = shape < 128 ? SECURE_CALL_DATA_SIZE : shape < 192 ? play_byte() : (uint32_t)play_below(12);
    if (shape % 16 == 0) {
        ((uint8_t *)&asked)[play_below(64)] ^= (uint8_t)(1u << play_below(8));
    }
    *frame = asked;
    if (service == SECURE_SERVICE_START_TRUSTLET) {
        ring3_begin();
    }
    faults_at(shape % 8 == 1 ? play_below(64) : FAULTS_NONE);
    status = secure_call(address);
    faults_at(FAULTS_NONE);
    HOLDS(status < statuses && status == frame->status);
    HOLDS(frame->output_size <= (status == SECURE_STATUS_NORMAL_CALL ? SECURE_CALL_DATA_SIZE : asked.output_capacity));
    learn(&asked, frame);
}

void play_meanwhile(void)
{
    if (processor != 0) {
        return; /* there are two */
    }
    processor = 1;
    machine_processor(1);
    one_call();
    processor = 0;
    machine_processor(0);
}

static void cancel_start(void)
{
    struct secure_info info;

    HOLDS(machine_call(SECURE_SERVICE_GET_INFO, 0, "", 0) == SECURE_STATUS_SUCCESS);
    memcpy(&info, machine_frame->data, sizeof(info));
    if (info.start_call != 0) {
        HOLDS(machine_call(SECURE_SERVICE_CANCEL_CALL, 0, &info.start_call, sizeof(info.start_call)) == SECURE_STATUS_SUCCESS);
    }
}

static void end_everything(void)
{
    static const uint64_t none = 0, all = UINT64_MAX;
    struct secure_trustlet found;

    cancel_start();

    while (machine_call(SECURE_SERVICE_LIST_TRUSTLETS, 0, &none, sizeof(none)) == SECURE_STATUS_SUCCESS &&
           machine_frame->output_size != 0) {
        memcpy(&found, machine_frame->data, sizeof(found));
        HOLDS(machine_call(SECURE_SERVICE_END_TRUSTLET, 0, &found.instance, sizeof(found.instance)) == SECURE_STATUS_SUCCESS);
    }
    do {
        HOLDS(machine_call(SECURE_SERVICE_RECLAIM_MEMORY, 0, &all, sizeof(all)) == SECURE_STATUS_SUCCESS);
        mark(machine_frame->data, machine_frame->output_size, false);
    } while (machine_frame->output_size != 0);
}

static void check_rights(void)
{
    for (uint64_t i = 0; i < RAM_PAGES; i++) {
        HOLDS(machine_vtl0_may(i) == !given[i]);
    }
}

/* The kernel's tables for the pool are made once, and stay. */
static void boot(void)
{
    const struct secure_range pool = { MACHINE_BASE + POOL * PAGE_SIZE, SECURE_DONATION_MAX };

    HOLDS(machine_boot());
    HOLDS(machine_call(SECURE_SERVICE_DONATE_MEMORY, 0, &pool, sizeof(pool)) == SECURE_STATUS_SUCCESS);
    end_everything();
    owned_at_rest = faults_owned();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (owned_at_rest == 0) {
        boot();
    }
    play_input(data, size);
    memset(recent, 0, sizeof(recent));
    while (!play_over()) {
        one_call();
    }
    check_rights();
    end_everything();
    check_rights();
    HOLDS(faults_owned() == owned_at_rest);
    faults_check_wiped();
    return 0;
}
