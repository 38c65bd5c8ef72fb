#include <sk/large_call.h>

#include <stdbool.h>
#include <stddef.h>

#include <lib/string.h>

#include <sk/call_run.h>
#include <sk/donation.h>
#include <sk/mutant.h>
#include <sk/session.h>
#include <sk/vtl0_memory.h>

static uint32_t bytes_of_page(uint32_t size, uint32_t page)
{
    uint32_t left = size - page * (uint32_t)PAGE_SIZE;

    return left < PAGE_SIZE ? left : (uint32_t)PAGE_SIZE;
}

static bool all_vtl0s(const gpa_t *pages, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!vtl0_owns(pages[i])) {
            return false;
        }
    }
    return true;
}

/* Each byte of VTL0's is read once, into VTL1's own page, and goes to the trustlet from there. */
static bool copy_input(const struct thread *thread, const gpa_t *pages, uint32_t size)
{
    uint8_t *bounce = secure_call_buffers()->bounce;
    bool good = true;

    for (uint32_t i = 0; i < large_call_pages(size) && good; i++) {
        good = vtl0_read_page(pages[i], bounce);
        if (good) {
            thread_put(thread, thread->buffer + i * PAGE_SIZE, bounce, bytes_of_page(size, i));
        }
    }
    secure_zero(bounce, PAGE_SIZE);
    return good;
}

/* Since the call began VTL0 may have given a page away, so each is looked at again. */
static bool copy_output(const struct thread *thread, uint32_t size)
{
    uint8_t *bounce = secure_call_buffers()->bounce;
    bool good = true;

    for (uint32_t i = 0; i < large_call_pages(size) && good; i++) {
        uint32_t bytes = bytes_of_page(size, i);

        thread_get(thread, bounce, thread->buffer + i * PAGE_SIZE, bytes);
        good = (vtl0_owns(thread->output[i]) || mutant_is(MUTANT_OUTPUT_CHECKED_ONCE)) && vtl0_write(thread->output[i], 0, bounce, bytes);
    }
    secure_zero(bounce, PAGE_SIZE);
    return good;
}

static struct ium_call call_of(const struct secure_request *request, const struct large_call *large, const struct thread *thread)
{
    uint32_t capacity = large->header.output_capacity;

    return (struct ium_call){
        .session = request->session,
        .event = IUM_CALL_INVOKE_LARGE,
        .command = large->header.command,
        .size = large->header.input_size,
        .capacity = capacity < thread->buffer_size ? capacity : thread->buffer_size,
    };
}

/* Everything is checked but what only the copy itself can find out. */
static enum secure_status hand_over(const struct secure_request *request, const struct large_call *large, struct process *process,
                                    struct secure_reply *reply)
{
    uint32_t size = large->header.input_size;
    struct thread *thread;
    enum secure_status status = call_idle_thread(process, request->session, size != 0 ? size : 1, &thread);

    if (status != SECURE_STATUS_SUCCESS) {
        return status;
    }
    if (!copy_input(thread, large->input, size)) {
        return SECURE_STATUS_BAD_MEMORY;
    }
    *thread->call = call_of(request, large, thread);
    memcpy(thread->output, large->output, sizeof(thread->output));
    return call_begin(thread, SECURE_SERVICE_INVOKE_LARGE, reply);
}

enum secure_status secure_invoke_large(const struct secure_request *request, struct secure_reply *reply)
{
    struct process *process = session_find(request->session);
    struct large_call large;
    enum secure_status status;

    if (process == NULL) {
        return SECURE_STATUS_NO_SUCH_SESSION;
    }
    status = large_call_decode(request, &large);
    if (status != SECURE_STATUS_SUCCESS) {
        return status;
    }
    if (reply->capacity < call_least_output(SECURE_SERVICE_INVOKE_LARGE)) {
        return SECURE_STATUS_OUTPUT_TOO_SMALL;
    }
    if (!all_vtl0s(large.input, large_call_pages(large.header.input_size)) ||
        !all_vtl0s(large.output, large_call_pages(large.header.output_capacity))) {
        return SECURE_STATUS_BAD_MEMORY;
    }
    return hand_over(request, &large, process, reply);
}

enum secure_status large_call_reply(const struct thread *thread, struct secure_reply *reply)
{
    const struct secure_invoke_large_reply header = { thread->call->status, thread->call->size };

    return copy_output(thread, header.output_size) ? secure_reply_put(reply, &header, sizeof(header)) : SECURE_STATUS_BAD_MEMORY;
}
