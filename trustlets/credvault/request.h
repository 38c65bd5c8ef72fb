/* The vault's requests, from bytes to checked fields. Pure: the same file runs in host tests. */
#pragma once

#include <stdint.h>

#include <abi/credvault.h>

struct vault_text {
    const uint8_t *data;
    uint32_t size;
};

/* A request whose every field has been checked. Pointers lead into the bytes that were decoded. */
struct vault_request {
    uint32_t command;            /* enum credvault_command */
    uint32_t slot;               /* UNLOAD, NTLMV2, HMAC_SHA256; may still name nothing */
    struct vault_text user;      /* STORE: 1..CREDVAULT_MAX_USER bytes of ASCII */
    struct vault_text domain;    /* STORE: UTF-8, may be empty */
    struct vault_text password;  /* STORE: UTF-8, may be empty */
    struct vault_text data;      /* LOAD: the blob; NTLMV2: the client blob; HMAC_SHA256: the message */
    const uint8_t *server_challenge; /* NTLMV2: 8 bytes */
};

/*
 * Decodes a command of size bytes, for a caller that takes capacity bytes of
 * reply. CREDVAULT_SUCCESS and *out filled; or CREDVAULT_UNKNOWN_COMMAND,
 * CREDVAULT_BAD_REQUEST, or CREDVAULT_BLOB_REFUSED for a blob of another
 * length than every blob has, and *out untouched.
 */
enum credvault_status vault_decode(uint32_t command, const uint8_t *input, uint32_t size, uint32_t capacity,
                                   struct vault_request *out);
