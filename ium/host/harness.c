/* What the secure kernel does around a trustlet, as far as a test needs it: sessions, one call at a time, its end. */
#include <ium/host.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <abi/ium.h>
#include <ium/exit.h>
#include <ium/raw.h>

#include "internal.h"

#define MAX_SESSIONS 4096u /* as many as a manifest may ask for */
#define PAGE         UINT64_C(4096)

static struct {
    bool started, running;
    bool first_serves; /* the first thread is inside a call */
    uint64_t next; /* number of the next session */
    uint64_t open[MAX_SESSIONS];
    uint32_t status;
} host = { .next = 1 };

/* Only there with iumbase-crypto. */
#pragma weak crypto_stop
void crypto_stop(void);

/* A process's end takes its heap and, inside that, PSA's. */
static void end(void)
{
    host_threads_end();
    if (host.started && crypto_stop != NULL) {
        crypto_stop();
    }
    host_heap_end();
    host.started = host.running = host.first_serves = false;
    memset(host.open, 0, sizeof(host.open));
}

/* False: EXIT. */
static bool serve_first(struct ium_call *call)
{
    bool answered = false;

    host_exit.armed = host.first_serves = true;
    if (setjmp(host_exit.back) == 0) {
        ium_serve(call);
        answered = true;
    }
    host_exit.armed = host.first_serves = false;
    return answered;
}

/* Large calls are the first thread's. */
static struct host_thread *thread_for(const struct ium_call *call)
{
    return call->event == IUM_CALL_INVOKE_LARGE ? NULL : host_thread_waiting();
}

static enum trustlet_outcome serve(struct ium_call *call)
{
    struct host_thread *thread = thread_for(call);
    bool answered;

    if (thread == NULL && host.first_serves) {
        return TRUSTLET_BUSY;
    }
    host_call_begins();
    answered = thread != NULL ? host_thread_serve(thread, call) : serve_first(call);
    host_call_ends();
    host.running = host.running && answered;
    return answered ? TRUSTLET_ANSWERED : TRUSTLET_ENDED;
}

static bool start(void)
{
    return trustlet.start(NULL, trustlet_manifest()->heap_pages * PAGE);
}

bool trustlet_start(void)
{
    end();
    host_exit.armed = true;
    if (setjmp(host_exit.back) == 0) {
        host.started = true;
        host.running = start();
        host_exit.code = host.running ? 0 : IUM_EXIT_START_REFUSED;
    }
    host_exit.armed = false;
    return host.running;
}

static bool event(uint64_t session, uint32_t kind)
{
    struct ium_call *call = calloc(1, sizeof(*call));
    bool answered;

    call->session = session;
    call->event = kind;
    answered = serve(call) == TRUSTLET_ANSWERED;
    host.status = answered ? call->status : 0;
    free(call);
    return answered;
}

static uint64_t *slot_of(uint64_t session)
{
    for (uint32_t i = 0; i < trustlet_manifest()->max_sessions && i < MAX_SESSIONS; i++) {
        if (host.open[i] == session) {
            return &host.open[i];
        }
    }
    return NULL;
}

uint64_t trustlet_open(void)
{
    uint64_t *slot = host.running ? slot_of(0) : NULL, session;

    if (slot == NULL) {
        return 0;
    }
    session = host.next++;
    if (!event(session, IUM_CALL_OPEN) || host.status != 0) {
        return 0;
    }
    *slot = session;
    return session;
}

void trustlet_close(uint64_t session)
{
    uint64_t *slot = host.running && session != 0 ? slot_of(session) : NULL;

    if (slot != NULL) {
        *slot = 0;
        event(session, IUM_CALL_CLOSE);
    }
}

void trustlet_stop(void)
{
    for (uint32_t i = 0; host.running && i < MAX_SESSIONS; i++) {
        if (host.open[i] != 0) {
            trustlet_close(host.open[i]);
        }
    }
    end();
}

static struct trustlet_answer answer_of(struct ium_call *call, void *out, uint32_t capacity)
{
    struct trustlet_answer answer = { .status = call->status, .size = call->size };

    if (call->size > capacity) {
        fprintf(stderr, "the reply has %u bytes, the caller takes %u\n", call->size, capacity);
        abort();
    }
    memcpy(out, call->event == IUM_CALL_INVOKE_LARGE ? (void *)call->buffer : call->data, call->size);
    return answer;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* NULL: no call of that size reaches this trustlet. Freed by free_call. */
static struct ium_call *new_call(uint32_t in_size, uint32_t capacity)
{
    struct ium_call *call = calloc(1, sizeof(*call));
    uint32_t most = larger(in_size, capacity);

    ium_serve_prepare(call);
    if (most <= IUM_CALL_DATA_SIZE) {
        return call;
    }
    if (in_size > call->buffer_size || call->buffer_size == 0) {
        free(call);
        return NULL;
    }
    call->event = IUM_CALL_INVOKE_LARGE;
    call->buffer = (uint64_t)calloc(1, call->buffer_size);
    return call;
}

static void free_call(struct ium_call *call)
{
    free((void *)call->buffer);
    free(call);
}

static struct trustlet_answer make_call(struct ium_call *call, const void *in, uint32_t in_size, void *out, uint32_t capacity)
{
    struct trustlet_answer answer = { 0 };
    bool large = call->event == IUM_CALL_INVOKE_LARGE;

    call->size = in_size;
    call->capacity = large && capacity > call->buffer_size ? call->buffer_size : capacity;
    if (in_size != 0) {
        memcpy(large ? (void *)call->buffer : call->data, in, in_size);
    }
    answer.outcome = serve(call);
    if (answer.outcome == TRUSTLET_ANSWERED) {
        answer = answer_of(call, out, capacity);
        host.status = answer.status;
    }
    return answer;
}

struct trustlet_answer trustlet_call(uint64_t session, uint32_t command, const void *in, uint32_t in_size, void *out,
                                     uint32_t capacity)
{
    struct trustlet_answer answer = { 0 };
    struct ium_call *call;

    if (!host.running || session == 0 || slot_of(session) == NULL) {
        answer.outcome = host.running ? TRUSTLET_NO_SESSION : TRUSTLET_NOT_RUNNING;
        return answer;
    }
    call = new_call(in_size, capacity);
    if (call == NULL) {
        answer.outcome = TRUSTLET_TOO_LONG;
        return answer;
    }
    call->session = session;
    call->command = command;
    answer = make_call(call, in, in_size, out, capacity);
    free_call(call);
    return answer;
}

uint32_t trustlet_last_status(void)
{
    return host.status;
}

uint32_t trustlet_exit_code(void)
{
    return host_exit.code;
}
