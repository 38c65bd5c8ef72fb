/* The input of the hypercall target: any number of these, each followed by its bytes of memory. */
#pragma once

#include <stdint.h>

enum record_flag {
    RECORD_FROM_VTL1 = 1,
    RECORD_INPUT_ANYWHERE = 2,  /* RDX as it is; otherwise its low bits, in the input page */
    RECORD_OUTPUT_ANYWHERE = 4, /* R8 likewise */
    RECORD_NO_PROTECTION = 8,   /* VTL1 has not enabled protection */
};

struct record {
    uint64_t rcx, rdx, r8;
    uint16_t size; /* bytes that follow; they go to the input's offset in its page */
    uint8_t flags;
    uint8_t reserved[5];
};
_Static_assert(sizeof(struct record) == 32, "hypercall.c and seeds.c");
