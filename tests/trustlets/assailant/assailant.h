/*
 * What VTL0 and the hostile trustlet say to each other. One program under two manifests: the accomplice is another
 * trustlet of the same code, with quotas and few system calls.
 */
#pragma once

#include <stdint.h>

#define ASSAILANT_IDENTITY \
    { 0xa1, 0x5c, 0x0d, 0x77, 0x3e, 0x92, 0x46, 0x18, 0x8b, 0xf0, 0x64, 0x2d, 0x95, 0xe1, 0x7a, 0x33 }
#define ACCOMPLICE_IDENTITY \
    { 0x7d, 0x20, 0xe9, 0x4b, 0x81, 0x5f, 0x4c, 0xa3, 0x9d, 0x16, 0xc8, 0x70, 0x3b, 0xd4, 0x02, 0x5e }

/* What assailant.manifest and accomplice.manifest say. */
#define ASSAILANT_HEAP_PAGES    4u
#define ASSAILANT_STACK_PAGES   4u
#define ASSAILANT_THREADS       4u /* max_sessions */
#define ACCOMPLICE_CALL_TIME_MS 200u

#define ASSAILANT_NAME_SIZE 48u
#define ASSAILANT_TEXT_SIZE 48u

enum assailant_command { ASSAILANT_ATTACK = 1 /* struct assailant_order -> struct assailant_report */ };

struct assailant_order {
    char name[ASSAILANT_NAME_SIZE]; /* of a row of TRUSTLET_ATTACKS (attack.h); zero at its end */
    uint64_t number;                /* what the function makes of it */
};

/* What the trustlet itself makes of it; of one that was ended there is no report. */
enum assailant_verdict {
    ASSAILANT_SUCCEEDED = 1, /* it got what it wanted */
    ASSAILANT_REFUSED,       /* a status of a system call, or no effect */
    ASSAILANT_BROKEN,        /* the attempt itself was not in order */
};

struct assailant_report {
    uint32_t verdict; /* enum assailant_verdict */
    uint32_t reserved;
    uint64_t number;
    char text[ASSAILANT_TEXT_SIZE]; /* for people; without spaces */
};
