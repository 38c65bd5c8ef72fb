#include <sk/call_run.h>

#include <stddef.h>

#include <lib/string.h>

#include <sk/large_call.h>
#include <sk/launch.h>
#include <sk/mutant.h>
#include <sk/normal_call.h>
#include <sk/session.h>

#define REPLY_HEADER sizeof(struct secure_invoke_reply)

uint32_t call_least_output(uint32_t service)
{
    switch (service) {
    case SECURE_SERVICE_START_TRUSTLET:
    case SECURE_SERVICE_OPEN_SESSION:
        return sizeof(uint64_t);
    case SECURE_SERVICE_INVOKE:
        return REPLY_HEADER;
    case SECURE_SERVICE_INVOKE_LARGE:
        return sizeof(struct secure_invoke_large_reply);
    default:
        return 0;
    }
}

enum secure_status call_idle_thread(const struct process *process, uint64_t session, uint32_t buffer_size, struct thread **thread)
{
    if (!process_alive(process)) {
        return SECURE_STATUS_TRUSTLET_EXITED;
    }
    for (const struct thread *other = process->threads; other != NULL; other = other->next) {
        if (other->serving && other->call->session == session && !mutant_is(MUTANT_SESSIONS_SHARED)) {
            return SECURE_STATUS_BUSY;
        }
    }
    if (process->state != PROCESS_READY) {
        return SECURE_STATUS_BUSY;
    }
    *thread = thread_waiting(process, buffer_size);
    if (*thread == NULL) {
        return thread_exists(process, buffer_size) ? SECURE_STATUS_BUSY : SECURE_STATUS_BAD_SIZE;
    }
    return SECURE_STATUS_SUCCESS;
}

enum secure_status call_begin(struct thread *thread, uint32_t service, struct secure_reply *reply)
{
    thread_hand_over(thread, service);
    return call_run(thread, reply);
}

static enum secure_status take_invoke(const struct ium_call *call, struct secure_reply *reply)
{
    const struct secure_invoke_reply header = { .trustlet_status = call->status };

    if (call->size > reply->capacity - REPLY_HEADER) {
        return SECURE_STATUS_OUTPUT_TOO_SMALL;
    }
    memcpy(reply->data, &header, REPLY_HEADER);
    memcpy(reply->data + REPLY_HEADER, call->data, call->size);
    reply->size = (uint32_t)REPLY_HEADER + call->size;
    return SECURE_STATUS_SUCCESS;
}

/* A session that its trustlet refused is none. */
static enum secure_status take_open(const struct ium_call *call, struct secure_reply *reply)
{
    if (call->status != 0) {
        session_close(call->session);
        return SECURE_STATUS_NO_RESOURCES;
    }
    return secure_reply_put(reply, &call->session, sizeof(call->session));
}

static enum secure_status finish(struct thread *thread, struct secure_reply *reply)
{
    enum secure_status status;

    switch (thread->service) {
    case SECURE_SERVICE_START_TRUSTLET:
        return secure_reply_put(reply, &thread->process->instance, sizeof(thread->process->instance));
    case SECURE_SERVICE_OPEN_SESSION:
        status = take_open(thread->call, reply);
        break;
    case SECURE_SERVICE_CLOSE_SESSION:
        session_close(thread->call->session);
        status = SECURE_STATUS_SUCCESS;
        break;
    case SECURE_SERVICE_INVOKE_LARGE:
        status = large_call_reply(thread, reply);
        break;
    default:
        status = take_invoke(thread->call, reply);
        break;
    }
    secure_zero(thread->call, sizeof(*thread->call));
    return status;
}

static enum secure_status start_failed(struct process *process, struct secure_reply *reply)
{
    union launch_end end = { 0 };
    enum secure_status status = launch_failed(process, &end);

    if (status == SECURE_STATUS_IMAGE_REFUSED) {
        secure_reply_put(reply, &end.refusal, sizeof(end.refusal));
    } else if (status == SECURE_STATUS_TRUSTLET_FAULT) {
        secure_reply_put(reply, &end.fault, sizeof(end.fault));
    }
    return status;
}

/* The thread is no more. Why it ended is told as far as the caller left room for it. */
static enum secure_status gone(struct process *process, uint32_t service, uint64_t session, struct secure_reply *reply)
{
    if (service == SECURE_SERVICE_START_TRUSTLET) {
        return start_failed(process, reply);
    }
    if (service == SECURE_SERVICE_CLOSE_SESSION && session_find(session) == process) {
        session_close(session);
    }
    secure_reply_put(reply, &process->fault, sizeof(process->fault));
    return SECURE_STATUS_TRUSTLET_FAULT;
}

enum secure_status call_run(struct thread *thread, struct secure_reply *reply)
{
    struct process *process = thread->process;
    uint32_t service = thread->service;
    uint64_t session = thread->call->session;

    switch (thread_run(thread)) {
    case THREAD_HAS_WAITED:
        return finish(thread, reply);
    case THREAD_HAS_YIELDED:
        reply->call = thread->handle;
        return SECURE_STATUS_YIELDED;
    case THREAD_HAS_ASKED:
        reply->call = thread->handle;
        normal_call_ask(thread, reply);
        return SECURE_STATUS_NORMAL_CALL;
    case THREAD_IS_GONE:
        return gone(process, service, session, reply);
    default:
        return SECURE_STATUS_NO_RESOURCES;
    }
}
