/* The line of the provisioning channel: "OVSM-CRED <hex user> <hex domain> <hex password>". Runs on a host too. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <abi/credvault.h>

/*
 * Decodes the line into a request of CREDVAULT_STORE (header and the three
 * texts) of at most capacity bytes. Returns its size, or 0 when the line is
 * not of that form or a field is too long; the buffer is then all zero.
 */
size_t credential_line_decode(const char *line, uint8_t *request, size_t capacity);
