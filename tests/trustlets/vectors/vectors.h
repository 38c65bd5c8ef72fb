/* The test trustlet that runs published test vectors in VTL1: command N is set N, nothing -> struct vectors_result. */
#pragma once

#include <stdint.h>

#define VECTORS_IDENTITY \
    { 0x1c, 0x84, 0xd0, 0x6b, 0x5e, 0x37, 0x42, 0xfa, 0x9b, 0x11, 0xc8, 0x2d, 0x76, 0xe3, 0x05, 0xaf }

enum vectors_set {
    VECTORS_NFOLD = 1,
    VECTORS_RFC3962,
    VECTORS_RFC8009,
    VECTORS_RFC8009_STRING_TO_KEY,
    VECTORS_HOTP,
    VECTORS_TOTP,
    VECTORS_RFC3394,
    VECTORS_RFC5649,
    VECTORS_ED25519,
    VECTORS_ECDSA,
    VECTORS_ECDH,
    VECTORS_RSA,
};
#define VECTORS_SETS 12u

struct vectors_result {
    uint32_t passed;
    uint32_t total;
};

enum vectors_status { VECTORS_SUCCESS = 0, VECTORS_BAD_REQUEST = 1 };
