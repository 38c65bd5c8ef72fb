/* The credential vault (abi/credvault.h) behind a secure-call session. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <abi/secure_call.h>

/* Bytes of a command or a reply. */
#define VAULT_DATA_SIZE (SECURE_CALL_DATA_SIZE - sizeof(struct secure_invoke))

struct vault_request {
    uint32_t command;       /* enum credvault_command */
    uint8_t *data;          /* input, then output; VAULT_DATA_SIZE bytes */
    size_t input_size;
    size_t capacity;
    uint32_t secure_status; /* out: how the call itself ended */
    uint32_t status;        /* out: enum credvault_status */
    size_t output_size;     /* out */
};

/*
 * Opens a session when *session is 0, then makes the call; secure_status is
 * the first failure of the two. False when there is no VTL1.
 */
bool vault_invoke(uint64_t *session, struct vault_request *request);
bool vault_open(uint64_t *session, uint32_t *secure_status);
void vault_close(uint64_t *session);
