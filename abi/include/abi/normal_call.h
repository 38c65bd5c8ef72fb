/*
 * Normal calls: a trustlet asks VTL0 for a service while VTL0's secure call
 * runs in it. The secure call ends with NORMAL_CALL; its output is struct
 * normal_request and the request's bytes, whatever the caller's
 * output_capacity. VTL0 answers by RESUME_CALL with the frame's field call, then struct
 * normal_reply and the reply's bytes as input. It may refuse anything; it may
 * lie: nothing that comes back is more than a claim.
 */
#pragma once

#include <stdint.h>

#include <abi/secure_call.h>

#define NORMAL_CALL_DATA_SIZE 3968u
#define NORMAL_CALL_NAME_SIZE 64u

#define NORMAL_CALL(number, name, min, max, reply) NORMAL_CALL_##name = (number),
enum normal_call_number {
#include <abi/normal_calls.def>
};
#undef NORMAL_CALL

/* What VTL0 may answer; another value is refused. */
enum normal_status {
    NORMAL_STATUS_SUCCESS = 0,
    NORMAL_STATUS_NOT_FOUND = 1,  /* no blob of that name */
    NORMAL_STATUS_NO_SPACE = 2,   /* no room for the blob, no memory to give */
    NORMAL_STATUS_REFUSED = 3,    /* not done, for a reason of VTL0's own; also the answer where there is nobody to ask */
    NORMAL_STATUS_COUNT
};

struct normal_request {
    uint32_t number;      /* enum normal_call_number */
    uint32_t size;        /* bytes that follow */
    uint64_t instance;    /* who asks: the secure kernel's word */
    uint8_t identity[16];
};
_Static_assert(sizeof(struct normal_request) + NORMAL_CALL_DATA_SIZE <= SECURE_CALL_DATA_SIZE, "a request fits a frame");

struct normal_reply {
    uint32_t status; /* enum normal_status */
    uint32_t size;   /* bytes that follow: those of the input, no more than the service's largest reply; 0 unless SUCCESS */
};
_Static_assert(8 + sizeof(struct normal_reply) + NORMAL_CALL_DATA_SIZE <= SECURE_CALL_DATA_SIZE, "handle and reply fit a frame");
