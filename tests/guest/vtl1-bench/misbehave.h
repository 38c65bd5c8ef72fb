/* Commands of the test trustlet that does what a trustlet must not be able to do. */
#pragma once

#define MISBEHAVE_IDENTITY \
    { 0x9b, 0x0d, 0x4e, 0x77, 0x1c, 0x52, 0x4a, 0x6f, 0x8e, 0x21, 0xc3, 0x90, 0x5d, 0xf4, 0x16, 0xab }

/* Every eighth byte of what it keeps in its memory; a bench that finds it after the process ended has found a leak. */
#define MISBEHAVE_SECRET "Kp7#vQ2xZ9!mL4s"

enum misbehave_command {
    MISBEHAVE_READ_NULL = 1,
    MISBEHAVE_WRITE_TEXT,
    MISBEHAVE_WRITE_RODATA,
    MISBEHAVE_RUN_DATA,
    MISBEHAVE_RUN_HEAP,
    MISBEHAVE_READ_KERNEL,
    MISBEHAVE_READ_DIRECT_MAP,
    MISBEHAVE_READ_NONCANONICAL,
    MISBEHAVE_CLI,
    MISBEHAVE_HLT,
    MISBEHAVE_READ_MSR,
    MISBEHAVE_READ_CR3,
    MISBEHAVE_IN_PORT,
    MISBEHAVE_SSE,
    MISBEHAVE_X87,
    MISBEHAVE_UD2,
    MISBEHAVE_DIVIDE,
    MISBEHAVE_INT3,
    MISBEHAVE_INT_SINT0,
    MISBEHAVE_SINGLE_STEP,
    MISBEHAVE_SGDT,
    MISBEHAVE_VMMCALL,
    MISBEHAVE_OVERFLOW_STACK,
    MISBEHAVE_JUMP_NULL,
    MISBEHAVE_WRITE_PAST_HEAP,
    MISBEHAVE_EXIT,
    MISBEHAVE_FAULTS_END,      /* not a command: the ones below return */
    MISBEHAVE_SYSCALLS,        /* reply: uint32_t number of system calls that did not answer as they must */
    MISBEHAVE_REPLY_TOO_LONG,  /* a reply of one byte more than the caller takes */
    MISBEHAVE_KEEP_SECRET,     /* fills its memory with the secret */
    MISBEHAVE_KEYS,            /* reply: two keys of one purpose and one of another */
};

#define MISBEHAVE_EXIT_CODE 77u
