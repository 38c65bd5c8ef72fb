/* Why a trustlet ended by EXIT: the code its callers find in struct secure_fault_info. A trustlet's own begin at IUM_EXIT_OWN. */
#pragma once

enum ium_exit_reason {
    IUM_EXIT_START_REFUSED = 1, /* start() said no */
    IUM_EXIT_WAIT_REFUSED = 2,  /* the secure kernel refused WAIT_CALL: the manifest does not allow it */
    IUM_EXIT_STACK_SMASHED = 3, /* a function found the canary below its return address changed */
    IUM_EXIT_HEAP_MISUSED = 4,  /* ium_free of what is no block, a second ium_free, or a write behind a block's end */
    IUM_EXIT_NO_RANDOMNESS = 5, /* the processor has no source, or it failed */
    IUM_EXIT_NO_CRYPTO = 6,     /* linked with iumbase-crypto, but PSA did not start: heap_pages is too small */
    IUM_EXIT_REPLY_TOO_LONG = 7, /* a command said it wrote more than the caller takes */
    IUM_EXIT_OWN = 256,
};
