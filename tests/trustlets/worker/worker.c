/* A trustlet with a thread for each session, for the tests of secure threads. */
#include <ium/ask.h>
#include <ium/cancel.h>
#include <ium/syscalls.h>
#include <ium/raw.h>
#include <ium/thread.h>

#include <lib/string.h>

#include "worker.h"

static struct ium_thread threads[WORKER_SESSIONS - 1];
static uint8_t large[SECURE_LARGE_MAX], turned[SECURE_LARGE_MAX]; /* the first thread's: the only one that takes large calls */
static uint64_t kept[64];
static uint32_t met;

static uint64_t work(const uint8_t *input)
{
    uint64_t rounds, sum = 0;

    memcpy(&rounds, input, sizeof(rounds));
    for (uint64_t n = 0; n < rounds; n++) {
        sum += WORKER_TERM(n);
        __asm__ volatile("" : "+r"(sum));
    }
    return sum;
}

static uint32_t spin(const uint8_t *input, struct trustlet_reply *reply)
{
    uint64_t sum = work(input);

    memcpy(reply->data, &sum, sizeof(sum));
    reply->size = sizeof(sum);
    return WORKER_SUCCESS;
}

static uint32_t until_cancelled(void)
{
    while (!ium_cancelled()) {
        __asm__ volatile("pause");
    }
    return WORKER_CANCELLED;
}

static uint32_t meet(const uint8_t *input)
{
    uint32_t wanted;

    memcpy(&wanted, input, sizeof(wanted));
    __atomic_fetch_add(&met, 1, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&met, __ATOMIC_SEQ_CST) < wanted) {
        __asm__ volatile("pause");
    }
    return WORKER_SUCCESS;
}

static uint32_t keep(const uint8_t *input)
{
    uint64_t word;

    memcpy(&word, input, sizeof(word));
    for (unsigned i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
        kept[i] = word ^ WORKER_MASK;
    }
    return WORKER_SUCCESS;
}

static uint32_t tell_kept(struct trustlet_reply *reply)
{
    uint64_t word = kept[0] ^ WORKER_MASK;

    memcpy(reply->data, &word, sizeof(word));
    reply->size = sizeof(word);
    return WORKER_SUCCESS;
}

#define USER_DATA_SELECTOR 0x23u

static uint32_t segments(struct trustlet_reply *reply)
{
    uint16_t found[4];

    __asm__ volatile("mov %%ds, %0\n\tmov %%es, %1\n\tmov %%fs, %2\n\tmov %%gs, %3\n\t"
                     "mov %4, %%ds\n\tmov %4, %%es\n\tmov %4, %%fs\n\tmov %4, %%gs"
                     : "=m"(found[0]), "=m"(found[1]), "=m"(found[2]), "=m"(found[3])
                     : "r"(USER_DATA_SELECTOR));
    memcpy(reply->data, found, sizeof(found));
    reply->size = sizeof(found);
    return WORKER_SUCCESS;
}

static uint32_t ask(const uint8_t *input, uint32_t size, struct trustlet_reply *reply)
{
    static struct ium_normal_call call;
    struct worker_answer answer = { 0 };
    struct worker_ask header;

    memcpy(&header, input, sizeof(header));
    call = (struct ium_normal_call){ .number = header.number, .request_size = size - sizeof(header),
                                     .reply_capacity = header.reply_capacity };
    memcpy(call.data, input + sizeof(header), size - sizeof(header));
    answer.result = (int32_t)ium_normal_call(&call);
    answer.status = call.status;
    answer.size = call.reply_size;
    memcpy(reply->data, &answer, sizeof(answer));
    memcpy(reply->data + sizeof(answer), call.data, call.reply_size);
    reply->size = (uint32_t)sizeof(answer) + call.reply_size;
    return WORKER_SUCCESS;
}

/* Uses so many bytes of the thread's stack, from above, a page at a time. */
static __attribute__((noinline)) void use_stack(uint64_t bytes)
{
    volatile uint8_t page[4096];

    page[0] = (uint8_t)bytes;
    if (bytes > sizeof(page)) {
        use_stack(bytes - sizeof(page));
    }
    page[1] = page[0]; /* nor may the call above be the last thing */
}

static uint32_t deep(const uint8_t *input)
{
    uint64_t bytes;

    memcpy(&bytes, input, sizeof(bytes));
    use_stack(bytes);
    return WORKER_SUCCESS;
}

/* The questions of ium/ask.h, all of them, to a VTL0 that answers. */
static uint32_t ask_politely(void)
{
    uint8_t bytes[8] = { 0 };
    uint64_t time, good = 0;
    size_t size;

    good += ium_ask_write_blob("polite", "sealed", 6) == IUM_ASK_DONE;
    good += ium_ask_read_blob("polite", bytes, 5, &size) == IUM_ASK_TOO_LONG && size == 0;
    good += ium_ask_read_blob("polite", bytes, sizeof(bytes), &size) == IUM_ASK_DONE && size == 6 && memcmp(bytes, "sealed", 6) == 0;
    good += ium_ask_delete_blob("polite") == IUM_ASK_DONE && ium_ask_delete_blob("polite") == IUM_ASK_NOT_FOUND;
    good += ium_ask_time_hint(&time) == IUM_ASK_DONE && time != 0;
    good += ium_ask_log("asked politely") == IUM_ASK_DONE;
    good += ium_ask_memory(1) == IUM_ASK_DONE && ium_ask_memory(UINT64_MAX) == IUM_ASK_REFUSED;
    return good == 7 ? WORKER_SUCCESS : WORKER_UNKNOWN_COMMAND;
}

/* A function of its own, so that a backtrace has a name to begin with. */
static __attribute__((noinline)) void crash_inside(void)
{
    __asm__ volatile("ud2");
}

static uint32_t invoke(uint64_t session, uint32_t command, const uint8_t *input, uint32_t input_size,
                       struct trustlet_reply *reply)
{
    (void)session;
    switch (command) {
    case WORKER_SPIN:
        return input_size == 8 && reply->capacity >= 8 ? spin(input, reply) : WORKER_UNKNOWN_COMMAND;
    case WORKER_UNTIL_CANCELLED:
        return until_cancelled();
    case WORKER_MEET:
        return input_size == 4 ? meet(input) : WORKER_UNKNOWN_COMMAND;
    case WORKER_CRASH:
        crash_inside();
        return WORKER_SUCCESS;
    case WORKER_SEGMENTS:
        return reply->capacity >= sizeof(uint64_t) ? segments(reply) : WORKER_UNKNOWN_COMMAND;
    case WORKER_KEEP:
        return input_size == sizeof(uint64_t) ? keep(input) : WORKER_UNKNOWN_COMMAND;
    case WORKER_KEPT:
        return reply->capacity >= sizeof(uint64_t) ? tell_kept(reply) : WORKER_UNKNOWN_COMMAND;
    case WORKER_DEEP:
        return input_size == sizeof(uint64_t) ? deep(input) : WORKER_UNKNOWN_COMMAND;
    case WORKER_ASK_POLITELY:
        return ask_politely();
    case WORKER_ASK:
        return input_size >= sizeof(struct worker_ask) ? ask(input, input_size, reply) : WORKER_UNKNOWN_COMMAND;
    default:
        return WORKER_UNKNOWN_COMMAND;
    }
}

static uint32_t mirror(struct ium_call *call)
{
    bool slowly = call->command == WORKER_MIRROR_SLOWLY && call->size >= sizeof(uint64_t);

    if ((call->command != WORKER_MIRROR && !slowly) || call->size > call->capacity) {
        return WORKER_UNKNOWN_COMMAND;
    }
    if (slowly) {
        work(large);
    }
    for (uint32_t i = 0; i < call->size; i++) {
        turned[i] = (uint8_t)~large[call->size - 1 - i];
    }
    memcpy(large, turned, call->size);
    return WORKER_SUCCESS;
}

static void lose_buffer(struct ium_call *call)
{
    if (large[0] == 0) {
        call->buffer_size = call->size - 1;
    } else {
        call->buffer = large[0] == 1 ? 0 : (uint64_t)mirror;
    }
}

static void serve_large(struct ium_call *call)
{
    if (call->command == WORKER_LOSE_BUFFER && call->size != 0) {
        lose_buffer(call);
        return;
    }
    call->status = mirror(call);
    if (call->status != WORKER_SUCCESS) {
        call->size = 0;
    }
}

static void serve(struct ium_call *call)
{
    struct trustlet_reply reply = { .data = call->data, .capacity = call->capacity };
    uint32_t status = 0;

    if (call->event == IUM_CALL_INVOKE) {
        uint8_t input[IUM_CALL_DATA_SIZE];

        memcpy(input, call->data, call->size);
        status = invoke(call->session, call->command, input, call->size, &reply);
    }
    call->status = status;
    call->size = reply.size;
}

static void serve_any(struct ium_call *call)
{
    if (call->event == IUM_CALL_INVOKE_LARGE) {
        serve_large(call);
    } else {
        serve(call);
    }
}

static bool start(void *heap, size_t heap_size)
{
    (void)heap;
    (void)heap_size;
    threads[0].call.buffer = (uint64_t)large;
    threads[0].call.buffer_size = sizeof(large);
    for (unsigned i = 0; i < WORKER_SESSIONS - 1; i++) {
        if (ium_thread_create(&threads[i], serve_any) != IUM_SUCCESS) {
            return false;
        }
    }
    return true;
}

static uint32_t open(uint64_t session)
{
    (void)session;
    return WORKER_SUCCESS;
}

static void close(uint64_t session)
{
    (void)session;
}

const struct trustlet_operations trustlet = { .start = start, .open = open, .close = close, .invoke = invoke };
