/*
 * Commands of the credential vault (trustlets/credvault). All integers are
 * little-endian; strings are UTF-8 without a terminator.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* f6a2c1e4-7d3b-4c58-9a0e-5b1d8c2e7f90 */
#define CREDVAULT_IDENTITY \
    { 0xf6, 0xa2, 0xc1, 0xe4, 0x7d, 0x3b, 0x4c, 0x58, 0x9a, 0x0e, 0x5b, 0x1d, 0x8c, 0x2e, 0x7f, 0x90 }

enum credvault_command {
    CREDVAULT_STORE = 1,          /* struct credvault_store + strings -> blob */
    CREDVAULT_LOAD = 2,           /* blob -> uint32_t slot */
    CREDVAULT_UNLOAD = 3,         /* uint32_t slot -> nothing */
    CREDVAULT_NTLMV2 = 4,         /* struct credvault_ntlmv2 + client blob -> struct credvault_ntlmv2_reply */
    CREDVAULT_HMAC_SHA256 = 5,    /* struct credvault_hmac + message -> tag[32] */
};

enum credvault_status {
    CREDVAULT_SUCCESS = 0,
    CREDVAULT_UNKNOWN_COMMAND = 1,
    CREDVAULT_BAD_REQUEST = 2,    /* sizes, reserved fields or text encoding */
    CREDVAULT_BLOB_REFUSED = 3,   /* one answer for every way a blob can be wrong */
    CREDVAULT_NO_SUCH_SLOT = 4,
    CREDVAULT_NO_FREE_SLOT = 5,
    CREDVAULT_INTERNAL = 6,
};

#define CREDVAULT_MAX_USER     104u
#define CREDVAULT_MAX_DOMAIN   104u
#define CREDVAULT_MAX_PASSWORD 512u
#define CREDVAULT_MAX_CLIENT_BLOB 2048u
#define CREDVAULT_MAX_MESSAGE  2048u
#define CREDVAULT_SLOTS        16u

struct credvault_store {
    uint16_t user_size;
    uint16_t domain_size;
    uint16_t password_size;
    uint16_t reserved;
    /* user, domain, password follow without gaps */
};

struct credvault_ntlmv2 {
    uint32_t slot;
    uint32_t client_blob_size;
    uint8_t server_challenge[8];
    /* client blob ("temp" of MS-NLMP) follows */
};

struct credvault_ntlmv2_reply {
    uint8_t nt_proof_str[16];
    uint8_t session_base_key[16];
};

struct credvault_hmac {
    uint32_t slot;
    uint32_t message_size;
    /* message follows */
};
