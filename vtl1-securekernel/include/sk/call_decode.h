/* From the copy of a call frame to a checked request. Pure: no state, no memory but its arguments. */
#pragma once

#include <stdint.h>

#include <abi/secure_call.h>

struct secure_request {
    uint32_t service;         /* one of abi/secure_calls.def */
    uint64_t session;
    uint32_t input_size;      /* within the service's range */
    uint32_t output_capacity; /* at most SECURE_CALL_DATA_SIZE */
    const uint8_t *input;     /* inside the frame that was decoded */
};

/*
 * Checks everything that can be checked without knowing a session: version,
 * reserved bytes, service, sizes, in this order. On SECURE_STATUS_SUCCESS
 * *out is filled and points into *frame; on any other status it is untouched.
 */
enum secure_status secure_call_decode(const struct secure_call_frame *frame, struct secure_request *out);
