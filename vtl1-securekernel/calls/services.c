/* The secure services of sessions. What a request means; its sizes are already checked (calls/call_decode.c). */
#include <sk/secure_call.h>

#include <stddef.h>

#include <lib/string.h>

#include <abi/ium.h>

#include <sk/donation.h>
#include <sk/intercept.h>
#include <sk/page_alloc.h>
#include <sk/process.h>
#include <sk/session.h>

#define IDENTITY_SIZE 16u
#define REPLY_HEADER sizeof(struct secure_invoke_reply)

static struct ium_call call; /* kernel_lock; wiped after each use */

enum secure_status secure_get_info(const struct secure_request *request, struct secure_reply *reply)
{
    const struct vtl1_boot_block *block = secure_call_block();
    const struct secure_info info = {
        .version = SECURE_CALL_VERSION,
        .trustlet_count = process_count(),
        .region_base = block->region_base,
        .region_size = block->region_size,
        .intercept_count = intercept_count(),
        .calls = secure_call_count(),
        .donated_pages = donation_pages(),
        .reclaimable_pages = page_count_given_free(),
        .free_pages = page_count_free(),
    };

    (void)request;
    return secure_reply_put(reply, &info, sizeof(info));
}

/* The process is gone: say why, as far as the caller left room for it. */
static enum secure_status ended(const struct process *process, struct secure_reply *reply)
{
    secure_reply_put(reply, &process->fault, sizeof(process->fault));
    return SECURE_STATUS_TRUSTLET_FAULT;
}

/* One event without data. The trustlet's own status ends up in call.status. */
static bool deliver_event(struct process *process, uint32_t event, uint64_t session)
{
    call = (struct ium_call){ .session = session, .event = event };
    return process_call(process, &call);
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
    enum secure_status status;
    uint64_t handle;

    if (!wanted_instance(request, &handle)) {
        return SECURE_STATUS_BAD_SIZE;
    }
    process = process_find(request->input, handle);
    if (process == NULL) {
        return SECURE_STATUS_NO_SUCH_TRUSTLET;
    }
    if (process->state != PROCESS_WAITING) {
        return SECURE_STATUS_TRUSTLET_EXITED;
    }
    if (reply->capacity < sizeof(handle)) {
        return SECURE_STATUS_OUTPUT_TOO_SMALL;
    }
    handle = session_open(process);
    if (handle == 0) {
        return SECURE_STATUS_NO_RESOURCES;
    }
    if (!deliver_event(process, IUM_CALL_OPEN, handle)) {
        status = ended(process, reply);
    } else if (call.status != 0) {
        status = SECURE_STATUS_NO_RESOURCES;
    } else {
        return secure_reply_put(reply, &handle, sizeof(handle));
    }
    session_close(handle);
    return status;
}

static enum secure_status take_reply(struct secure_reply *reply)
{
    const struct secure_invoke_reply header = { .trustlet_status = call.status };

    if (call.size > reply->capacity - REPLY_HEADER) {
        return SECURE_STATUS_OUTPUT_TOO_SMALL;
    }
    memcpy(reply->data, &header, REPLY_HEADER);
    memcpy(reply->data + REPLY_HEADER, call.data, call.size);
    reply->size = (uint32_t)REPLY_HEADER + call.size;
    return SECURE_STATUS_SUCCESS;
}

static void fill_call(const struct secure_request *request, uint32_t command)
{
    call = (struct ium_call){
        .session = request->session,
        .event = IUM_CALL_INVOKE,
        .command = command,
        .size = request->input_size - (uint32_t)sizeof(struct secure_invoke),
        .capacity = request->output_capacity - (uint32_t)REPLY_HEADER,
    };
    memcpy(call.data, request->input + sizeof(struct secure_invoke), call.size);
}

enum secure_status secure_invoke(const struct secure_request *request, struct secure_reply *reply)
{
    struct process *process = session_find(request->session);
    struct secure_invoke header;
    enum secure_status status;

    memcpy(&header, request->input, sizeof(header));
    if (process == NULL) {
        return SECURE_STATUS_NO_SUCH_SESSION;
    }
    if (header.reserved != 0) {
        return SECURE_STATUS_RESERVED_NOT_ZERO;
    }
    if (reply->capacity < REPLY_HEADER) {
        return SECURE_STATUS_OUTPUT_TOO_SMALL;
    }
    if (process->state != PROCESS_WAITING) {
        return SECURE_STATUS_TRUSTLET_EXITED;
    }
    fill_call(request, header.command);
    status = process_call(process, &call) ? take_reply(reply) : ended(process, reply);
    secure_zero(&call, sizeof(call));
    return status;
}

enum secure_status secure_close_session(const struct secure_request *request, struct secure_reply *reply)
{
    struct process *process = session_find(request->session);
    enum secure_status status = SECURE_STATUS_SUCCESS;

    if (process == NULL) {
        return SECURE_STATUS_NO_SUCH_SESSION;
    }
    if (process->state == PROCESS_WAITING && !deliver_event(process, IUM_CALL_CLOSE, request->session)) {
        status = ended(process, reply);
    }
    session_close(request->session);
    return status;
}
