/* Secure-call frames that no honest VTL0 would send. Each has one documented status (abi/secure_call.h). */
#include "attack_rows.h"

#include <lib/string.h>
#include <vtl0/apic.h>
#include <vtl0/processor.h>
#include <vtl0/secure_call.h>
#include <vtl0/vsm.h>
#include <vtl0/x86.h>

#define UNKNOWN_SESSION UINT64_C(0xDEADBEEFDEADBEEF)
#define APIC_PAGE       UINT64_C(0xFEE00000)

void attack_judge_status(uint64_t status, enum secure_status expected, struct attack_result *result)
{
    result->rip_advanced = true; /* a secure call always returns */
    result->outcome = status == SECURE_STATUS_SUCCESS ? OUTCOME_OK : OUTCOME_WRONG;
    if (status == expected && status != SECURE_STATUS_SUCCESS) {
        result->outcome = OUTCOME_REFUSED;
    }
    attack_detail(result, "status=%lu,%s", status, secure_status_text((uint32_t)status));
}

enum { FRAME_AT_PLACE, FRAME_UNALIGNED, FRAME_APIC, FRAME_ALL_ONES, FRAME_ZERO_PAGE };

static uint64_t bad_address(const struct attack *attack)
{
    switch (attack->number) {
    case FRAME_UNALIGNED:
        return (uint64_t)(uintptr_t)this_processor()->frame + 8;
    case FRAME_APIC:
        return APIC_PAGE;
    case FRAME_ALL_ONES:
        return UINT64_MAX & ~(uint64_t)(PAGE_SIZE - 1);
    default:
        return attack_places.page[attack->place];
    }
}

void attack_frame_address(const struct attack *attack, struct attack_result *result)
{
    if (attack->number == FRAME_AT_PLACE && attack_places.page[attack->place] == 0) {
        result->outcome = OUTCOME_ABSENT;
        return;
    }
    attack_judge_status(vsm_vtl_call(bad_address(attack)), SECURE_STATUS_BAD_FRAME_ADDRESS, result);
}

/* A good GET_INFO frame with one thing wrong; FRAME_WELL_FORMED has nothing. */
static const struct bad_field {
    uint32_t version, service, input_size, output_capacity;
    uint8_t reserved_byte;
    enum secure_status expected;
} bad_fields[] = {
    { 0, SECURE_SERVICE_GET_INFO, 0, 64, 0, SECURE_STATUS_BAD_VERSION },
    { SECURE_CALL_VERSION + 1, SECURE_SERVICE_GET_INFO, 0, 64, 0, SECURE_STATUS_BAD_VERSION },
    { SECURE_CALL_VERSION, 0, 0, 64, 0, SECURE_STATUS_UNKNOWN_SERVICE },
    { SECURE_CALL_VERSION, 0xFFFFFFFF, 0, 64, 0, SECURE_STATUS_UNKNOWN_SERVICE },
    { SECURE_CALL_VERSION, SECURE_SERVICE_GET_INFO, 8, 64, 0, SECURE_STATUS_BAD_SIZE },
    { SECURE_CALL_VERSION, SECURE_SERVICE_OPEN_SESSION, 15, 64, 0, SECURE_STATUS_BAD_SIZE },
    { SECURE_CALL_VERSION, SECURE_SERVICE_INVOKE, SECURE_CALL_DATA_SIZE + 1, 64, 0, SECURE_STATUS_BAD_SIZE },
    { SECURE_CALL_VERSION, SECURE_SERVICE_INVOKE, 0xFFFFFFFF, 64, 0, SECURE_STATUS_BAD_SIZE },
    { SECURE_CALL_VERSION, SECURE_SERVICE_GET_INFO, 0, SECURE_CALL_DATA_SIZE + 1, 0, SECURE_STATUS_BAD_SIZE },
    { SECURE_CALL_VERSION, SECURE_SERVICE_GET_INFO, 0, 0xFFFFFFFF, 0, SECURE_STATUS_BAD_SIZE },
    { SECURE_CALL_VERSION, SECURE_SERVICE_GET_INFO, 0, 64, 1, SECURE_STATUS_RESERVED_NOT_ZERO },
    { SECURE_CALL_VERSION, SECURE_SERVICE_GET_INFO, 0, 8, 0, SECURE_STATUS_OUTPUT_TOO_SMALL },
    { SECURE_CALL_VERSION, SECURE_SERVICE_OPEN_SESSION, 16, 64, 0, SECURE_STATUS_NO_SUCH_TRUSTLET },
    [FRAME_WELL_FORMED] = { SECURE_CALL_VERSION, SECURE_SERVICE_GET_INFO, 0, 256, 0, SECURE_STATUS_SUCCESS },
};

/* attack->number: the row of bad_fields. */
void attack_frame_field(const struct attack *attack, struct attack_result *result)
{
    const struct bad_field *bad = &bad_fields[attack->number];
    struct secure_call_frame *frame = this_processor()->frame;
    uint64_t rax;

    memset(frame, 0, sizeof(*frame));
    frame->version = bad->version;
    frame->service = bad->service;
    frame->input_size = bad->input_size;
    frame->output_capacity = bad->output_capacity;
    frame->reserved[sizeof(frame->reserved) - 1] = bad->reserved_byte;
    rax = vsm_vtl_call((uint64_t)(uintptr_t)frame);
    attack_judge_status(rax, bad->expected, result);
    if (frame->status != rax) {
        result->outcome = OUTCOME_WRONG;
        attack_detail(result, "rax=%lu,frame=%u", rax, frame->status);
    }
    memset(frame, 0, sizeof(*frame));
}

/* attack->number: the service that is called with a session nobody opened. */
void attack_session(const struct attack *attack, struct attack_result *result)
{
    struct secure_invoke header = { .command = 1 };
    struct secure_request request = {
        .service = (enum secure_service)attack->number,
        .session = UNKNOWN_SESSION,
        .input = &header,
        .input_size = attack->number == SECURE_SERVICE_INVOKE ? sizeof(header) : 0,
    };

    attack_judge_status(secure_call(&request), SECURE_STATUS_NO_SUCH_SESSION, result);
}
