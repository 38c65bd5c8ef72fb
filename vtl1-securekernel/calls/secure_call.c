#include <sk/mutant.h>
#include <sk/secure_call.h>

#include <stddef.h>

#include <lib/string.h>

#include <sk/donation.h>
#include <sk/lock.h>
#include <sk/vtl0_memory.h>

struct service {
    uint32_t number;
    enum secure_status (*serve)(const struct secure_request *request, struct secure_reply *reply);
};

#define SECURE_CALL(number, name, handler, in_session, min, max) { (number), secure_##handler },
static const struct service services[] = {
#include <abi/secure_calls.def>
};
#undef SECURE_CALL

static const struct vtl1_boot_block *boot_block;
static uint64_t calls;

void secure_call_init(const struct vtl1_boot_block *block)
{
    boot_block = block;
}

uint64_t secure_call_count(void)
{
    return calls;
}

const struct vtl1_boot_block *secure_call_block(void)
{
    return boot_block;
}

enum secure_status secure_reply_put(struct secure_reply *reply, const void *from, uint32_t size)
{
    if (reply->capacity < size && !mutant_is(MUTANT_REPLIES_OVERRUN)) {
        return SECURE_STATUS_OUTPUT_TOO_SMALL;
    }
    memcpy(reply->data, from, size);
    reply->size = size;
    return SECURE_STATUS_SUCCESS;
}

static enum secure_status serve(const struct secure_request *request, struct secure_reply *reply)
{
    for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
        if (services[i].number == request->service) {
            return services[i].serve(request, reply);
        }
    }
    return SECURE_STATUS_UNKNOWN_SERVICE;
}

static enum secure_status decode_and_serve(gpa_t page, const struct call_buffers *buffers)
{
    struct secure_call_frame *answer = buffers->answer;
    struct secure_request request;
    struct secure_reply reply = { .data = answer->data };
    enum secure_status status = secure_call_decode(buffers->frame, &request);

    if (mutant_is(MUTANT_FRAMES_READ_TWICE) && vtl0_read_page(page, buffers->frame)) {
        request.input_size = buffers->frame->input_size;
    }
    if (status == SECURE_STATUS_SUCCESS) {
        reply.capacity = request.output_capacity;
        status = serve(&request, &reply);
    }
    answer->status = status;
    answer->output_size = reply.size;
    answer->call = reply.call;
    return status;
}

/* Only what VTL1 has to say is written: status, output_size and call (neighbours in the header) and the output's bytes. */
static bool write_back(gpa_t page, const struct secure_call_frame *answer)
{
    return vtl0_write(page, offsetof(struct secure_call_frame, status), &answer->status,
                      sizeof(answer->status) + sizeof(answer->output_size) + sizeof(answer->call)) &&
           (answer->output_size == 0 ||
            vtl0_write(page, offsetof(struct secure_call_frame, data), answer->data, answer->output_size));
}

/* While the call ran, VTL0 may have given the page away, and the kernel may have stopped: then nobody knows whose it is. */
static enum secure_status deliver(gpa_t page, const struct secure_call_frame *answer, enum secure_status status)
{
    if (kernel_stopped()) {
        return SECURE_STATUS_NO_RESOURCES;
    }
    return vtl0_owns(page) && write_back(page, answer) ? status : SECURE_STATUS_BAD_FRAME_ADDRESS;
}

/* page is VTL0's, so it may be read; whether it can be is seen by trying. */
static enum secure_status copied_call(gpa_t page)
{
    const struct call_buffers *buffers = secure_call_buffers();
    enum secure_status status = SECURE_STATUS_BAD_FRAME_ADDRESS;

    if (vtl0_read_page(page, buffers->frame)) {
        status = deliver(page, buffers->answer, decode_and_serve(page, buffers));
        secure_zero(buffers->answer, sizeof(*buffers->answer));
    }
    /* A request may hold a password, a reply a session key: neither outlives its call here. */
    if (!mutant_is(MUTANT_FRAMES_KEPT)) {
        secure_zero(buffers->frame, sizeof(*buffers->frame));
    }
    return status;
}

static enum secure_status locked_call(gpa_t page)
{
    calls++;
    return vtl0_owns(page) ? copied_call(page) : SECURE_STATUS_BAD_FRAME_ADDRESS;
}

enum secure_status secure_call(uint64_t frame_address)
{
    enum secure_status status;

    if (!kernel_lock_acquire()) {
        return SECURE_STATUS_NO_RESOURCES;
    }
    status = locked_call(gpa(frame_address));
    kernel_lock_release();
    return status;
}
