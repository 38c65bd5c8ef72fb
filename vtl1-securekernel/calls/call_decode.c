#include <sk/call_decode.h>
#include <sk/mutant.h>

#include <stdbool.h>
#include <stddef.h>

struct service_limits {
    uint32_t service;
    uint32_t min_input;
    uint32_t max_input;
    bool in_session; /* session names one; elsewhere it must be zero */
};

#define SECURE_CALL(number, name, handler, in_session, min, max) { (number), (min), (max), (in_session) },
static const struct service_limits services[] = {
#include <abi/secure_calls.def>
};
#undef SECURE_CALL

static const struct service_limits *find_service(uint32_t service)
{
    for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
        if (services[i].service == service) {
            return &services[i];
        }
    }
    return NULL;
}

static bool reserved_is_zero(const struct secure_call_frame *frame)
{
    uint8_t seen = 0;

    for (size_t i = 0; i < sizeof(frame->reserved); i++) {
        seen |= frame->reserved[i];
    }
    return seen == 0;
}

enum secure_status secure_call_decode(const struct secure_call_frame *frame, struct secure_request *out)
{
    const struct service_limits *limits;

    if (frame->version != SECURE_CALL_VERSION && !mutant_is(MUTANT_VERSIONS_UNCHECKED)) {
        return SECURE_STATUS_BAD_VERSION;
    }
    if (frame->call != 0 || (!reserved_is_zero(frame) && !mutant_is(MUTANT_RESERVED_UNCHECKED))) {
        return SECURE_STATUS_RESERVED_NOT_ZERO;
    }
    limits = find_service(frame->service);
    if (limits == NULL) {
        return SECURE_STATUS_UNKNOWN_SERVICE;
    }
    if (!mutant_is(MUTANT_INPUT_SIZES_UNCHECKED) &&
        (frame->input_size < limits->min_input || frame->input_size > limits->max_input)) {
        return SECURE_STATUS_BAD_SIZE;
    }
    if (!mutant_is(MUTANT_OUTPUT_SIZES_UNCHECKED) && frame->output_capacity > SECURE_CALL_DATA_SIZE) {
        return SECURE_STATUS_BAD_SIZE;
    }
    if ((frame->session != 0) != limits->in_session) {
        return SECURE_STATUS_NO_SUCH_SESSION;
    }
    *out = (struct secure_request){
        .service = frame->service,
        .session = frame->session,
        .input_size = frame->input_size,
        .output_capacity = frame->output_capacity,
        .input = frame->data,
    };
    return SECURE_STATUS_SUCCESS;
}
