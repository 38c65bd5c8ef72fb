/* Commands of the test trustlet that makes system calls by chance. */
#pragma once

#include <stdint.h>

#define FUZZER_IDENTITY \
    { 0x84, 0xd1, 0xb6, 0xf7, 0x2c, 0x09, 0x4e, 0x5a, 0x8f, 0x3d, 0xb1, 0x5e, 0x60, 0xc9, 0x2a, 0x47 }

/*
 * What fuzzer.manifest says. IS_CANCELLED is of the trustlets' table, but not in this one's mask; nor is what would change the
 * freshness that all instances share.
 */
#define FUZZER_VERSION     3u
#define FUZZER_HEAP_PAGES  5u
#define FUZZER_STACK_PAGES 6u
#define FUZZER_THREADS     4u

enum fuzzer_command {
    FUZZER_RUN = 1, /* struct fuzzer_run -> struct fuzzer_report */
    FUZZER_ROAM,    /* uint64_t seed: from now on every WAIT_CALL of this thread names another buffer */
    FUZZER_END,     /* uint32_t enum fuzzer_end, uint32_t number: ends the trustlet in this call or in the next */
};

/* What a run does to the outcome of one of its calls, for the checks to notice. */
enum fuzzer_sabotage {
    FUZZER_HONEST = 0,
    FUZZER_OTHER_STATUS,   /* another result than the call had */
    FUZZER_OTHER_REGISTER, /* a register that is not the caller's any more */
    FUZZER_OTHER_FLAGS,
    FUZZER_BYTE_BEHIND,    /* a byte behind what the call may write */
    FUZZER_BYTE_FAR,       /* a byte anywhere in what no call may write */
    FUZZER_SABOTAGES
};

struct fuzzer_run {
    uint64_t seed;
    uint32_t calls;
    uint32_t sabotage; /* enum fuzzer_sabotage */
};

#define FUZZER_STATUSES 7u /* enum ium_status, negated */

/* One call whose outcome is not the model's. */
struct fuzzer_finding {
    uint64_t index; /* of the call in its run */
    uint64_t number, arguments[3];
    int64_t got, wanted;
};

struct fuzzer_report {
    uint64_t hash;      /* of numbers and statuses in order */
    uint32_t by_status[FUZZER_STATUSES];
    uint32_t in_table;  /* calls whose number is one of the list */
    uint32_t wrong_statuses, wrong_registers, wrong_memory;
    struct fuzzer_finding first;
};

/* How it ends, and by which vector VTL0 hears of it. */
enum fuzzer_end {
    FUZZER_END_EXIT = 0,     /* EXIT with the number as its code */
    FUZZER_END_SINGLE_STEP,  /* an instruction with TF set: #DB */
    FUZZER_END_BAD_CODE,     /* a thread that begins at an instruction it must not make: #GP */
    FUZZER_END_KERNEL_STACK, /* a thread with its stack in the kernel: #PF */
    FUZZER_END_NO_STACK,     /* a thread with a stack at a non-canonical address: #SS, or #GP where the emulator makes no difference */
    FUZZER_ENDS
};
