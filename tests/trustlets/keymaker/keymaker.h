/* Commands of the test trustlet that makes RSA keys: long work that knows nothing of being interrupted. */
#pragma once

#define KEYMAKER_IDENTITY \
    { 0x73, 0x9a, 0x2b, 0xe5, 0x0c, 0x61, 0x48, 0xd7, 0xb2, 0x34, 0x5f, 0x88, 0xa1, 0x6e, 0xc0, 0x9d }

enum keymaker_command {
    KEYMAKER_MAKE = 1, /* uint32_t bits -> uint32_t: bytes of the public key, as PSA exports it */
};

enum keymaker_status { KEYMAKER_SUCCESS = 0, KEYMAKER_BAD_REQUEST = 1, KEYMAKER_FAILED = 2 };
