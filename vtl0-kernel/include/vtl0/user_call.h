/*
 * System calls of this kernel's ring 3. RAX = number, arguments in RDI, RSI,
 * RDX; result in RAX, negative on error. RCX and R11 are clobbered.
 */
#pragma once

#include <stdint.h>

enum user_call {
    USER_CALL_EXIT = 0,  /* (code) */
    USER_CALL_WRITE = 1, /* (text, size): to the console */
    USER_CALL_WAIT = 2,  /* (result, buffer, size) -> length of the next command, NUL terminated */
    USER_CALL_READ_LINE = 3, /* (buffer, size) -> length: one line of the console, not echoed, no copy kept */
    USER_CALL_VAULT = 4, /* (struct user_vault_call *) -> 0 */
    USER_CALL_TIME = 5,  /* () -> FILETIME, UTC */
    USER_CALL_NT = 6,    /* (struct user_nt_call *) -> 0; of <vtl0/nt.h> */
    USER_CALL_END_WORK = 7, /* (): ends a thread or routine that was given to the process */
};

enum user_error {
    USER_ERROR_UNKNOWN_CALL = -1,
    USER_ERROR_BAD_ADDRESS = -2,
    USER_ERROR_BAD_SIZE = -3,
    USER_ERROR_NO_VAULT = -4,
};

/*
 * One command to the vault. secure_status is enum secure_status of the call, status the vault's own (valid when the
 * first is 0).
 */
struct user_vault_call {
    uint32_t command;
    uint32_t secure_status;
    uint32_t status;
    uint32_t reserved;
    uint64_t input;
    uint64_t input_size;
    uint64_t output;
    uint64_t output_capacity;
    uint64_t output_size;
};
