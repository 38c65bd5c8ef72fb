/* Commands of the test trustlet that works long, on several threads, or fails. */
#pragma once

#include <stdint.h>

#define WORKER_IDENTITY \
    { 0x5e, 0x01, 0xc8, 0x3b, 0x7a, 0x44, 0x4f, 0x19, 0xa6, 0x0d, 0x92, 0xb7, 0x33, 0xe5, 0x18, 0xcf }

/* The same program with quotas in its manifest: one instance, 6 handles, 0.2 s a call. */
#define LIMITED_IDENTITY \
    { 0xc2, 0x7d, 0x40, 0xb9, 0x1e, 0x85, 0x4a, 0x3f, 0x9b, 0x6c, 0x70, 0xd1, 0xf3, 0x5a, 0x8e, 0x42 }

#define WORKER_SESSIONS 4u

enum worker_command {
    WORKER_SPIN = 1,        /* uint64_t rounds -> uint64_t sum of what it added up on the way */
    WORKER_UNTIL_CANCELLED, /* -> nothing, once the call was cancelled; status WORKER_CANCELLED */
    WORKER_MEET,            /* uint32_t how many -> nothing, once so many calls of this command are inside at the same time */
    WORKER_CRASH,           /* ends by an undefined instruction */
    WORKER_MIRROR,          /* large calls only: any bytes -> the same backwards and inverted */
    WORKER_MIRROR_SLOWLY,   /* the same, after as many rounds of WORKER_SPIN as the first eight bytes say */
    WORKER_LOSE_BUFFER,     /* large calls only: replies, but the buffer is, by the first byte: 0 too small, 1 nowhere, 2 in code */
    WORKER_SEGMENTS,        /* -> uint16_t[4], DS, ES, FS and GS as they are found; leaves others there */
    WORKER_KEEP,            /* uint64_t -> nothing; keeps it inverted by WORKER_MASK, so that VTL0 never has what is kept */
    WORKER_KEPT,            /* -> uint64_t, as it came */
    WORKER_ASK,             /* struct worker_ask, request -> struct worker_answer, reply of the normal call */
    WORKER_DEEP,            /* uint64_t: so many bytes of the thread's stack are used */
    WORKER_ASK_POLITELY,    /* -> nothing; success if every question of ium/ask.h was answered as VTL0's kernel does */
};

#define WORKER_STACK_SIZE 16384u /* worker.manifest's stack_pages */

enum worker_status { WORKER_SUCCESS = 0, WORKER_UNKNOWN_COMMAND = 1, WORKER_CANCELLED = 2 };

/* What WORKER_SPIN adds in round n, so that the caller can check that no register was lost when it was interrupted. */
#define WORKER_TERM(n) ((n) * 2654435761u ^ (n) >> 7)

#define WORKER_MASK UINT64_C(0xA5C3F00D96E17B2D)

struct worker_ask {
    uint32_t number;
    uint32_t reply_capacity;
};

struct worker_answer {
    int32_t result; /* of the system call, enum ium_status */
    uint32_t status;
    uint32_t size;
};
