/* The secure services of sessions. What a request means; its sizes are already checked (calls/call_decode.c). */
#include <sk/secure_call.h>

#include <stddef.h>

#include <lib/string.h>

#include <abi/ium.h>

#include <sk/call_run.h>
#include <sk/donation.h>
#include <sk/intercept.h>
#include <sk/launch.h>
#include <sk/normal_call.h>
#include <sk/page_alloc.h>
#include <sk/process.h>
#include <sk/session.h>
#include <sk/start_run.h>
#include <sk/system_process.h>

#define IDENTITY_SIZE 16u

enum secure_status secure_get_info(const struct secure_request *request, struct secure_reply *reply)
{
    const struct vtl1_boot_block *block = secure_call_block();
    struct secure_info info = {
        .version = SECURE_CALL_VERSION,
        .trustlet_count = process_count(),
        .region_base = block->region_base,
        .region_size = block->region_size,
        .intercept_count = intercept_count(),
        .calls = secure_call_count(),
        .donated_pages = donation_pages(),
        .reclaimable_pages = page_count_given_free(),
        .free_pages = page_count_free(),
        .system_threads = system_process_threads(),
        .handles = system_process_handles(),
        .start_call = launch_handle(),
        .measured = block->measured,
    };

    (void)request;
    memcpy(info.owner_key_hash, block->owner.key_hash, sizeof(info.owner_key_hash));
    return secure_reply_put(reply, &info, sizeof(info));
}

/* The instance number is optional, whole or not at all. */
static bool wanted_instance(const struct secure_request *request, uint64_t *instance)
{
    *instance = 0;
    if (request->input_size > IDENTITY_SIZE) {
        memcpy(instance, request->input + IDENTITY_SIZE, request->input_size - IDENTITY_SIZE);
    }
    return request->input_size == IDENTITY_SIZE || request->input_size == IDENTITY_SIZE + sizeof(*instance);
}

enum secure_status secure_open_session(const struct secure_request *request, struct secure_reply *reply)
{
    struct process *process;
    struct thread *thread;
    enum secure_status status;
    uint64_t handle;

    if (!wanted_instance(request, &handle)) {
        return SECURE_STATUS_BAD_SIZE;
    }
    process = process_find(request->input, handle);
    if (process == NULL) {
        return SECURE_STATUS_NO_SUCH_TRUSTLET;
    }
    status = call_idle_thread(process, 0, 0, &thread);
    if (status != SECURE_STATUS_SUCCESS) {
        return status;
    }
    if (reply->capacity < call_least_output(SECURE_SERVICE_OPEN_SESSION)) {
        return SECURE_STATUS_OUTPUT_TOO_SMALL;
    }
    handle = session_open(process);
    if (handle == 0) {
        return SECURE_STATUS_NO_RESOURCES;
    }
    *thread->call = (struct ium_call){ .session = handle, .event = IUM_CALL_OPEN };
    return call_begin(thread, SECURE_SERVICE_OPEN_SESSION, reply);
}

static void fill_invoke(const struct secure_request *request, uint32_t command, struct ium_call *call)
{
    *call = (struct ium_call){
        .session = request->session,
        .event = IUM_CALL_INVOKE,
        .command = command,
        .size = request->input_size - (uint32_t)sizeof(struct secure_invoke),
        .capacity = request->output_capacity - (uint32_t)sizeof(struct secure_invoke_reply),
    };
    memcpy(call->data, request->input + sizeof(struct secure_invoke), call->size);
}

enum secure_status secure_invoke(const struct secure_request *request, struct secure_reply *reply)
{
    struct process *process = session_find(request->session);
    struct thread *thread;
    struct secure_invoke header;
    enum secure_status status;

    memcpy(&header, request->input, sizeof(header));
    if (process == NULL) {
        return SECURE_STATUS_NO_SUCH_SESSION;
    }
    if (header.reserved != 0) {
        return SECURE_STATUS_RESERVED_NOT_ZERO;
    }
    if (reply->capacity < call_least_output(SECURE_SERVICE_INVOKE)) {
        return SECURE_STATUS_OUTPUT_TOO_SMALL;
    }
    status = call_idle_thread(process, request->session, 0, &thread);
    if (status != SECURE_STATUS_SUCCESS) {
        return status;
    }
    fill_invoke(request, header.command, thread->call);
    return call_begin(thread, SECURE_SERVICE_INVOKE, reply);
}

enum secure_status secure_close_session(const struct secure_request *request, struct secure_reply *reply)
{
    struct process *process = session_find(request->session);
    struct thread *thread;
    enum secure_status status;

    if (process == NULL) {
        return SECURE_STATUS_NO_SUCH_SESSION;
    }
    status = call_idle_thread(process, request->session, 0, &thread);
    if (status == SECURE_STATUS_TRUSTLET_EXITED) {
        session_close(request->session);
        return SECURE_STATUS_SUCCESS;
    }
    if (status != SECURE_STATUS_SUCCESS) {
        return status;
    }
    *thread->call = (struct ium_call){ .session = request->session, .event = IUM_CALL_CLOSE };
    return call_begin(thread, SECURE_SERVICE_CLOSE_SESSION, reply);
}

/* A call that yielded goes on by itself; one that asked needs its answer. */
static enum secure_status take_answer(struct thread *thread, const uint8_t *input, uint32_t size)
{
    switch (thread->state) {
    case THREAD_YIELDED:
        return size == 0 ? SECURE_STATUS_SUCCESS : SECURE_STATUS_BAD_REPLY;
    case THREAD_ASKING:
        return normal_call_answer(thread, input, size);
    default:
        return SECURE_STATUS_BUSY;
    }
}

/* A start whose file is still being copied or checked. */
static enum secure_status resume_launch(const struct secure_request *request, bool running, struct secure_reply *reply)
{
    if (running) {
        return SECURE_STATUS_BUSY;
    }
    if (reply->capacity < call_least_output(SECURE_SERVICE_START_TRUSTLET)) {
        return SECURE_STATUS_OUTPUT_TOO_SMALL;
    }
    return request->input_size == sizeof(uint64_t) ? start_run(reply) : SECURE_STATUS_BAD_REPLY;
}

enum secure_status secure_resume_call(const struct secure_request *request, struct secure_reply *reply)
{
    enum secure_status status;
    struct thread *thread;
    uint64_t handle;
    bool running;

    memcpy(&handle, request->input, sizeof(handle));
    if (launch_is(handle, &running)) {
        return resume_launch(request, running, reply);
    }
    thread = thread_find_call(handle);
    if (thread == NULL) {
        return SECURE_STATUS_NO_SUCH_CALL;
    }
    if (reply->capacity < call_least_output(thread->service)) {
        return SECURE_STATUS_OUTPUT_TOO_SMALL;
    }
    status = take_answer(thread, request->input + sizeof(handle), request->input_size - (uint32_t)sizeof(handle));
    return status == SECURE_STATUS_SUCCESS ? call_run(thread, reply) : status;
}

/* No process is there yet that could be told: it ends at once, unless a processor is in it. */
static enum secure_status cancel_launch(bool running)
{
    if (running) {
        return SECURE_STATUS_BUSY;
    }
    launch_abandon();
    return SECURE_STATUS_SUCCESS;
}

enum secure_status secure_cancel_call(const struct secure_request *request, struct secure_reply *reply)
{
    struct thread *thread;
    uint64_t handle;
    bool running;

    (void)reply;
    memcpy(&handle, request->input, sizeof(handle));
    if (launch_is(handle, &running)) {
        return cancel_launch(running);
    }
    thread = thread_find_call(handle);
    if (thread == NULL) {
        return SECURE_STATUS_NO_SUCH_CALL;
    }
    thread->cancelled = true;
    return SECURE_STATUS_SUCCESS;
}
