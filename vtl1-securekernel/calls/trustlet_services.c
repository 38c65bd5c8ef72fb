/* The secure services that start, list and end trustlets. */
#include <sk/mutant.h>
#include <sk/secure_call.h>

#include <stddef.h>

#include <lib/string.h>

#include <abi/image.h>

#include <sk/call_run.h>
#include <sk/launch.h>
#include <sk/session.h>
#include <sk/start_run.h>

enum secure_status secure_start_trustlet(const struct secure_request *request, struct secure_reply *reply)
{
    uint32_t size = request->input_size - (uint32_t)sizeof(struct secure_start);
    struct secure_start header;
    enum secure_status status;

    memcpy(&header, request->input, sizeof(header));
    if (size % sizeof(struct secure_range) != 0 || header.image_size == 0 || header.image_size > SIGNED_IMAGE_MAX_SIZE) {
        return SECURE_STATUS_BAD_SIZE;
    }
    if (reply->capacity < call_least_output(SECURE_SERVICE_START_TRUSTLET)) {
        return SECURE_STATUS_OUTPUT_TOO_SMALL;
    }
    status = launch_begin(request->input + sizeof(header), size / sizeof(struct secure_range), header.image_size);
    return status == SECURE_STATUS_SUCCESS ? start_run(reply) : status;
}

enum secure_status secure_end_trustlet(const struct secure_request *request, struct secure_reply *reply)
{
    struct process *process;
    uint64_t instance;

    (void)reply;
    memcpy(&instance, request->input, sizeof(instance));
    process = instance != 0 ? process_after(instance - 1) : NULL;
    if (process == NULL || process->instance != instance) {
        return SECURE_STATUS_NO_SUCH_TRUSTLET;
    }
    if (!process->started_by_vtl0 && !mutant_is(MUTANT_OWNERS_ENDABLE)) {
        return SECURE_STATUS_NOT_ALLOWED;
    }
    if (process_alive(process)) {
        process_kill(process);
    }
    if (process->state != PROCESS_ENDED) {
        return SECURE_STATUS_BUSY; /* a processor is in it, and leaves it at its next interrupt or system call */
    }
    session_close_all(process);
    process_release(process);
    return SECURE_STATUS_SUCCESS;
}

static struct secure_trustlet describe(const struct process *process)
{
    struct secure_trustlet trustlet = {
        .instance = process->instance,
        .security_version = process->image.security_version,
        .flags = process->image.flags,
        .state = process_alive(process) ? SECURE_TRUSTLET_RUNNING : SECURE_TRUSTLET_ENDED,
        .sessions = process->session_count,
        .origin = process->started_by_vtl0 ? SECURE_TRUSTLET_OF_VTL0 : SECURE_TRUSTLET_OF_OWNER,
        .pages = process->pages,
        .fault = process->fault,
    };

    memcpy(trustlet.identity, process->image.identity, sizeof(trustlet.identity));
    memcpy(trustlet.name, process->image.name, sizeof(trustlet.name));
    memcpy(trustlet.measurement, process->measurement, sizeof(trustlet.measurement));
    return trustlet;
}

enum secure_status secure_list_trustlets(const struct secure_request *request, struct secure_reply *reply)
{
    const struct process *process;
    uint64_t instance;

    memcpy(&instance, request->input, sizeof(instance));
    if (reply->capacity < sizeof(struct secure_trustlet)) {
        return SECURE_STATUS_OUTPUT_TOO_SMALL;
    }
    for (process = process_after(instance); process != NULL; process = process->next) {
        const struct secure_trustlet trustlet = describe(process);

        if (reply->capacity - reply->size < sizeof(trustlet)) {
            break;
        }
        memcpy(reply->data + reply->size, &trustlet, sizeof(trustlet));
        reply->size += (uint32_t)sizeof(trustlet);
    }
    return SECURE_STATUS_SUCCESS;
}
