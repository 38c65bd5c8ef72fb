/* Commands too large for a frame (INVOKE_LARGE, abi/secure_call.h). */
#include <vtl0/trustlet.h>

#include <lib/string.h>
#include <vtl0/secure_call.h>

static uint8_t *put_ranges(uint8_t *to, const struct secure_range *ranges, uint32_t count)
{
    memcpy(to, ranges, count * sizeof(*ranges));
    return to + count * sizeof(*ranges);
}

/* A call whose output is that of INVOKE_LARGE. */
static uint32_t large_call(struct secure_request *request, struct trustlet_large *large)
{
    struct secure_invoke_large_reply reply = { 0 };
    uint32_t result;

    request->output = &reply;
    request->output_capacity = sizeof(reply);
    result = secure_call(request);
    large->reply_size = reply.output_size;
    large->status = reply.trustlet_status;
    return result;
}

static uint32_t begin(struct trustlet_large *large, bool stop_on_the_way, uint64_t *call)
{
    const struct secure_invoke_large header = {
        .command = large->command, .reserved = large->reserved, .input_size = large->size, .output_capacity = large->capacity,
        .input_ranges = large->in_ranges, .output_ranges = large->out_ranges,
    };
    uint8_t input[SECURE_LARGE_MAX_INPUT];
    struct secure_request request = {
        .service = SECURE_SERVICE_INVOKE_LARGE, .session = large->session, .input = input, .stop_on_the_way = stop_on_the_way,
        .input_size = sizeof(header) + (large->in_ranges + large->out_ranges) * sizeof(*large->in),
    };
    uint32_t result;

    if (large->in_ranges > SECURE_LARGE_PAGES || large->out_ranges > SECURE_LARGE_PAGES) {
        return SECURE_STATUS_BAD_SIZE;
    }
    memcpy(input, &header, sizeof(header));
    put_ranges(put_ranges(input + sizeof(header), large->in, large->in_ranges), large->out, large->out_ranges);
    result = large_call(&request, large);
    *call = request.call;
    return result;
}

uint32_t trustlet_invoke_large(struct trustlet_large *large)
{
    uint64_t call;

    return begin(large, false, &call);
}

uint32_t trustlet_invoke_large_once(struct trustlet_large *large, uint64_t *call)
{
    return begin(large, true, call);
}

uint32_t trustlet_resume_large(struct trustlet_large *large, uint64_t call)
{
    struct secure_request request = {
        .service = SECURE_SERVICE_RESUME_CALL, .input = &call, .input_size = sizeof(call),
    };

    return large_call(&request, large);
}
