#include <vtl0/secure_call.h>

#include <lib/string.h>
#include <vtl0/normal_call.h>
#include <vtl0/processor.h>
#include <vtl0/vsm.h>

static uint32_t finish(const struct secure_call_frame *frame, uint32_t rax, struct secure_request *request)
{
    if (frame->status != rax) {
        /* A frame that VTL1 may not touch cannot hold a status. */
        return rax == SECURE_STATUS_BAD_FRAME_ADDRESS ? rax : SECURE_STATUS_DISAGREES;
    }
    request->call = frame->call;
    if (frame->status == SECURE_STATUS_NORMAL_CALL) {
        return frame->status; /* what it asks for is in no request of ours */
    }
    if (frame->output_size > request->output_capacity) {
        return SECURE_STATUS_DISAGREES;
    }
    request->output_size = frame->output_size;
    memcpy(request->output, frame->data, frame->output_size);
    return frame->status;
}

/* One frame, one VTL call. */
static uint32_t call(struct secure_call_frame *frame, const struct secure_request *request, const void *input, size_t input_size)
{
    frame->version = SECURE_CALL_VERSION;
    frame->service = request->service;
    frame->session = request->session;
    frame->input_size = (uint32_t)input_size;
    frame->output_capacity = (uint32_t)request->output_capacity;
    memcpy(frame->data, input, input_size);
    return (uint32_t)vsm_vtl_call((uint64_t)(uintptr_t)frame);
}

/* The interrupt that VTL1 gave way for was taken on return; the call goes on. */
static uint32_t resume(struct secure_call_frame *frame, struct secure_request *request)
{
    const struct secure_request again = { .service = SECURE_SERVICE_RESUME_CALL, .output_capacity = request->output_capacity };
    uint64_t handle = frame->call;

    request->yields++;
    secure_zero(frame, sizeof(*frame));
    return call(frame, &again, &handle, sizeof(handle));
}

struct answer {
    uint64_t handle;
    struct normal_reply reply;
    uint8_t data[NORMAL_CALL_DATA_SIZE];
};

static uint32_t give(struct secure_call_frame *frame, const struct secure_request *request, const struct answer *answer)
{
    const struct secure_request again = { .service = SECURE_SERVICE_RESUME_CALL, .output_capacity = request->output_capacity };

    secure_zero(frame, sizeof(*frame));
    return call(frame, &again, answer, offsetof(struct answer, data) + answer->reply.size);
}

/* The trustlet asks for something before it goes on. Serving it may take a secure call of its own, so the frame is free by then. */
static uint32_t serve(struct secure_call_frame *frame, struct secure_request *request)
{
    struct answer answer = { .handle = frame->call };
    struct normal_request asked;
    uint32_t rax;

    memcpy(&asked, frame->data, sizeof(asked));
    memcpy(answer.data, frame->data + sizeof(asked), sizeof(answer.data));
    secure_zero(frame, sizeof(*frame));
    answer.reply = normal_call_serve(&asked, answer.data);
    rax = give(frame, request, &answer);
    if (rax == SECURE_STATUS_BAD_REPLY) { /* a blob that is more than it wants: the call must come to its end all the same */
        answer.reply = (struct normal_reply){ .status = NORMAL_STATUS_REFUSED };
        rax = give(frame, request, &answer);
    }
    return rax;
}

/* Has the call stopped on its way, and is it for us to go on? */
static bool goes_on(const struct secure_call_frame *frame, const struct secure_request *request, uint32_t rax)
{
    return (rax == SECURE_STATUS_YIELDED || rax == SECURE_STATUS_NORMAL_CALL) && frame->status == rax && !request->stop_on_the_way;
}

uint32_t secure_call(struct secure_request *request)
{
    struct secure_call_frame *frame = this_processor()->frame;
    uint32_t status, rax;

    request->output_size = 0;
    request->yields = 0;
    if (request->input_size > sizeof(frame->data) || request->output_capacity > sizeof(frame->data)) {
        return SECURE_STATUS_BAD_SIZE;
    }
    rax = call(frame, request, request->input, request->input_size);
    while (goes_on(frame, request, rax)) {
        rax = rax == SECURE_STATUS_YIELDED ? resume(frame, request) : serve(frame, request);
    }
    status = finish(frame, rax, request);
    secure_zero(frame, sizeof(*frame));
    return status;
}

static bool get(enum secure_service service, void *output, size_t size)
{
    struct secure_request request = {
        .service = service, .output = output, .output_capacity = size,
    };

    return secure_call(&request) == SECURE_STATUS_SUCCESS && request.output_size == size;
}

bool secure_get_info(struct secure_info *info)
{
    return get(SECURE_SERVICE_GET_INFO, info, sizeof(*info));
}

bool secure_get_protections(struct secure_protections *protections)
{
    return get(SECURE_SERVICE_GET_PROTECTIONS, protections, sizeof(*protections));
}

const char *secure_status_text(uint32_t status)
{
#define SECURE_STATUS(number, name, words) [SECURE_STATUS_##name] = (words),
    static const char *const text[] = {
#include <abi/secure_statuses.def>
    };
#undef SECURE_STATUS

    return status < sizeof(text) / sizeof(text[0]) ? text[status] : "disagrees";
}
