#include <vtl0/trustlet.h>

#include <lib/string.h>
#include <vtl0/processor.h>
#include <vtl0/secure_call.h>

static uint32_t yields[MAX_PROCESSORS];

uint32_t trustlet_yields(void)
{
    return yields[this_processor()->index];
}

uint32_t trustlet_donate(const struct secure_range *ranges, size_t count)
{
    struct secure_request request = {
        .service = SECURE_SERVICE_DONATE_MEMORY, .input = ranges, .input_size = count * sizeof(*ranges),
    };

    return secure_call(&request);
}

uint32_t trustlet_reclaim(uint64_t pages, struct secure_range *out, size_t capacity, size_t *count)
{
    struct secure_request request = {
        .service = SECURE_SERVICE_RECLAIM_MEMORY,
        .input = &pages,
        .input_size = sizeof(pages),
        .output = out,
        .output_capacity = capacity * sizeof(*out),
    };
    uint32_t status = secure_call(&request);

    *count = request.output_size / sizeof(*out);
    return status;
}

static void take_start(uint32_t status, const uint8_t *output, size_t size, struct trustlet_started *started)
{
    *started = (struct trustlet_started){ 0 };
    if (status == SECURE_STATUS_SUCCESS && size == sizeof(started->instance)) {
        memcpy(&started->instance, output, size);
    } else if (status == SECURE_STATUS_IMAGE_REFUSED && size == sizeof(started->refusal)) {
        memcpy(&started->refusal, output, size);
    } else if (status == SECURE_STATUS_TRUSTLET_FAULT && size == sizeof(started->fault)) {
        memcpy(&started->fault, output, size);
    }
}

#define START_INPUT 512u

/* False: too many ranges for a request of ours. */
static bool start_request(const struct secure_range *ranges, size_t count, uint64_t size, uint8_t input[START_INPUT],
                          struct secure_request *request)
{
    const struct secure_start header = { .image_size = size };

    if (count > (START_INPUT - sizeof(header)) / sizeof(*ranges)) {
        return false;
    }
    memcpy(input, &header, sizeof(header));
    memcpy(input + sizeof(header), ranges, count * sizeof(*ranges));
    *request = (struct secure_request){
        .service = SECURE_SERVICE_START_TRUSTLET, .input = input, .input_size = sizeof(header) + count * sizeof(*ranges),
    };
    return true;
}

/* A call whose output is that of START_TRUSTLET. */
static uint32_t starting_call(struct secure_request *request, struct trustlet_started *started)
{
    uint8_t output[sizeof(*started)];
    uint32_t status;

    request->output = output;
    request->output_capacity = sizeof(output);
    status = secure_call(request);
    yields[this_processor()->index] = request->yields;
    take_start(status, output, request->output_size, started);
    return status;
}

uint32_t trustlet_start(const struct secure_range *ranges, size_t count, uint64_t size, struct trustlet_started *started)
{
    uint8_t input[START_INPUT];
    struct secure_request request;

    *started = (struct trustlet_started){ 0 };
    return start_request(ranges, count, size, input, &request) ? starting_call(&request, started) : SECURE_STATUS_BAD_SIZE;
}

uint32_t trustlet_start_once(const struct secure_range *ranges, size_t count, uint64_t size, struct trustlet_started *started,
                             uint64_t *call)
{
    uint8_t input[START_INPUT];
    struct secure_request request;
    uint32_t status;

    *started = (struct trustlet_started){ 0 };
    *call = 0;
    if (!start_request(ranges, count, size, input, &request)) {
        return SECURE_STATUS_BAD_SIZE;
    }
    request.stop_on_the_way = true;
    status = starting_call(&request, started);
    *call = request.call;
    return status;
}

uint32_t trustlet_resume_start(uint64_t call, struct trustlet_started *started)
{
    struct secure_request request = {
        .service = SECURE_SERVICE_RESUME_CALL, .input = &call, .input_size = sizeof(call),
    };

    return starting_call(&request, started);
}

uint32_t trustlet_end(uint64_t instance)
{
    struct secure_request request = {
        .service = SECURE_SERVICE_END_TRUSTLET, .input = &instance, .input_size = sizeof(instance),
    };

    return secure_call(&request);
}

uint32_t trustlet_list(uint64_t after, struct secure_trustlet *out, size_t capacity, size_t *count)
{
    struct secure_request request = {
        .service = SECURE_SERVICE_LIST_TRUSTLETS,
        .input = &after,
        .input_size = sizeof(after),
        .output = out,
        .output_capacity = capacity * sizeof(*out),
    };
    uint32_t status = secure_call(&request);

    *count = request.output_size / sizeof(*out);
    return status;
}

uint32_t trustlet_open(const uint8_t identity[16], uint64_t instance, uint64_t *session)
{
    uint8_t input[24];
    struct secure_request request = {
        .service = SECURE_SERVICE_OPEN_SESSION,
        .input = input,
        .input_size = sizeof(input),
        .output = session,
        .output_capacity = sizeof(*session),
    };

    memcpy(input, identity, 16);
    memcpy(input + 16, &instance, sizeof(instance));
    return secure_call(&request);
}

uint32_t trustlet_close(uint64_t session)
{
    struct secure_request request = { .service = SECURE_SERVICE_CLOSE_SESSION, .session = session };

    return secure_call(&request);
}

/* A call whose output is that of INVOKE; its input may be in the same buffer. */
static uint32_t invoking_call(struct secure_request *request, void *data, size_t *size, size_t capacity, uint32_t *status)
{
    uint8_t buffer[SECURE_CALL_DATA_SIZE];
    struct secure_invoke_reply reply;
    uint32_t result;

    request->output = buffer;
    request->output_capacity = sizeof(reply) + capacity;
    result = secure_call(request);
    yields[this_processor()->index] = request->yields;
    *size = 0;
    if (result == SECURE_STATUS_SUCCESS && request->output_size >= sizeof(reply)) {
        memcpy(&reply, buffer, sizeof(reply));
        *status = reply.trustlet_status;
        *size = request->output_size - sizeof(reply);
        memcpy(data, buffer + sizeof(reply), *size);
    }
    secure_zero(buffer, sizeof(buffer));
    return result;
}

static struct secure_request invoke_request(uint64_t session, uint32_t command, const void *data, size_t size, uint8_t *buffer)
{
    const struct secure_invoke header = { .command = command };

    memcpy(buffer, &header, sizeof(header));
    memcpy(buffer + sizeof(header), data, size);
    return (struct secure_request){
        .service = SECURE_SERVICE_INVOKE, .session = session, .input = buffer, .input_size = sizeof(header) + size,
    };
}

uint32_t trustlet_invoke(uint64_t session, uint32_t command, void *data, size_t *size, size_t capacity, uint32_t *status)
{
    uint8_t buffer[SECURE_CALL_DATA_SIZE];
    struct secure_request request = invoke_request(session, command, data, *size, buffer);
    uint32_t result = invoking_call(&request, data, size, capacity, status);

    secure_zero(buffer, sizeof(buffer));
    return result;
}

uint32_t trustlet_invoke_once(uint64_t session, uint32_t command, const void *data, size_t size, uint64_t *call)
{
    uint8_t buffer[SECURE_CALL_DATA_SIZE];
    struct secure_request request = invoke_request(session, command, data, size, buffer);
    uint32_t status, result;
    size_t got;

    request.stop_on_the_way = true;
    result = invoking_call(&request, buffer, &got, sizeof(uint64_t), &status);
    *call = request.call;
    secure_zero(buffer, sizeof(buffer));
    return result;
}

uint32_t trustlet_resume(uint64_t call, void *data, size_t *size, size_t capacity, uint32_t *status)
{
    struct secure_request request = {
        .service = SECURE_SERVICE_RESUME_CALL, .input = &call, .input_size = sizeof(call),
    };

    return invoking_call(&request, data, size, capacity, status);
}

uint32_t trustlet_answer(uint64_t call, const struct normal_reply *reply, const void *data, size_t size)
{
    uint8_t input[SECURE_CALL_DATA_SIZE], output[256];
    struct secure_request request = {
        .service = SECURE_SERVICE_RESUME_CALL,
        .input = input,
        .input_size = sizeof(call) + (reply != NULL ? sizeof(*reply) + size : 0),
        .output = output,
        .output_capacity = sizeof(output),
    };

    if (request.input_size > sizeof(input)) {
        return SECURE_STATUS_BAD_SIZE;
    }
    memcpy(input, &call, sizeof(call));
    if (reply != NULL) {
        memcpy(input + sizeof(call), reply, sizeof(*reply));
        memcpy(input + sizeof(call) + sizeof(*reply), data, size);
    }
    return secure_call(&request);
}

uint32_t trustlet_cancel(uint64_t call)
{
    struct secure_request request = {
        .service = SECURE_SERVICE_CANCEL_CALL, .input = &call, .input_size = sizeof(call),
    };

    return secure_call(&request);
}
