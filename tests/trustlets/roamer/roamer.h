/* Commands of the test trustlet that tells where and when it runs. Two manifests make two trustlets of it. */
#pragma once

#include <stdint.h>

#define ROAMER_IDENTITY \
    { 0x93, 0x0b, 0xe7, 0x5a, 0x28, 0xc4, 0x4d, 0x61, 0xb2, 0x8e, 0x1f, 0x76, 0xa0, 0xd5, 0x3c, 0x49 }
#define RAMBLER_IDENTITY \
    { 0x46, 0xd1, 0x0f, 0xa8, 0x7c, 0x35, 0x4b, 0xe2, 0x99, 0x60, 0xe4, 0x2b, 0x8d, 0x17, 0xf3, 0x5e }

#define ROAMER_SAMPLES 256u

enum roamer_command {
    ROAMER_WHERE = 1, /* -> struct roamer_layout; a test trustlet may tell, no other should */
    ROAMER_SAMPLE,    /* uint64_t rounds -> uint64_t[ROAMER_SAMPLES], the TSC after so many rounds each */
};

struct roamer_layout {
    uint64_t image; /* page aligned, if the image's base is: where its constants begin */
    uint64_t heap;  /* its first byte */
    uint64_t stack; /* the end of the first thread's, rounded up to a page: less than one was in use when it was looked at */
};
