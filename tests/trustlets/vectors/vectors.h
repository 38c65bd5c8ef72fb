/* The test trustlet that runs published test vectors in VTL1: command N + 1 is set N, nothing -> struct vectors_result. */
#pragma once

#include <stdint.h>

#define VECTORS_IDENTITY \
    { 0x1c, 0x84, 0xd0, 0x6b, 0x5e, 0x37, 0x42, 0xfa, 0x9b, 0x11, 0xc8, 0x2d, 0x76, 0xe3, 0x05, 0xaf }

/* Sets written down in the trustlet's own files, numbers 0 and up; those of published.h follow. */
#define VECTORS_SETS 13u

struct vectors_result {
    uint32_t passed;
    uint32_t total;
    char name[64];
};

enum vectors_status { VECTORS_SUCCESS = 0, VECTORS_BAD_REQUEST = 1, VECTORS_NO_SUCH_SET = 2 };
