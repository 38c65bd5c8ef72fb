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
    USER_CALL_BLOB = 8,  /* (struct user_blob_call *) -> 0: what VTL0 keeps for the vault */
};

enum user_error {
    USER_ERROR_UNKNOWN_CALL = -1,
    USER_ERROR_BAD_ADDRESS = -2,
    USER_ERROR_BAD_SIZE = -3,
    USER_ERROR_NO_VAULT = -4,
    USER_ERROR_NO_BLOB = -5,
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

enum user_blob_action {
    USER_BLOB_NAME = 1, /* name: out, of the vault's blob number size */
    USER_BLOB_READ = 2, /* the blob name, to bytes, room for USER_BLOB_SIZE; size: out */
    USER_BLOB_LIE = 3,  /* the vault's next read of the blob name gets size bytes of these instead, or none */
};

#define USER_BLOB_SIZE   3904u
#define USER_BLOB_ABSENT UINT32_MAX /* size of a lie: there is no such blob */

struct user_blob_call {
    uint32_t action; /* enum user_blob_action */
    uint32_t size;
    uint64_t bytes;  /* address */
    uint8_t name[64];
};
