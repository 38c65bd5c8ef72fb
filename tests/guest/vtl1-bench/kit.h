/* Commands of the test trustlet that uses iumbase wrongly, on the machine. */
#pragma once

#define KIT_IDENTITY \
    { 0x41, 0x7c, 0xe5, 0x0b, 0x8a, 0x36, 0x4d, 0x92, 0xa7, 0x1f, 0x5e, 0x08, 0xd3, 0x6c, 0xb2, 0x94 }

enum kit_command {
    KIT_SMASH_STACK = 1, /* writes over a function's canary: ends with IUM_EXIT_STACK_SMASHED */
    KIT_FREE_TWICE,      /* ends with IUM_EXIT_HEAP_MISUSED */
    KIT_OVERRUN_BLOCK,   /* the same, for a write behind a block */
    KIT_REPLY_TOO_LONG,  /* ends with IUM_EXIT_REPLY_TOO_LONG */
    KIT_CANARY,          /* reply: uint64_t, the canary; a trustlet would not tell */
    KIT_TICKS,           /* reply: uint64_t, ticks that passed while it looked twice */
    KIT_FILL_HEAP,       /* reply: uint64_t, blocks of 64 bytes that there was room for; all are given back */
};
