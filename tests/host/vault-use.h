/* One use of a credential, as the vault makes it: sizes, check(), run(). Nothing of policy, charge or storage. */
#pragma once

#include "crypto/support.h"

#include "operation.h"

/* What the vault brings to a use. */
struct vault_use {
    uint64_t session;
    const struct record *record, *target;
    const struct session_key *key;
    uint64_t counter, now;
    uint32_t capacity;                /* bytes of reply; 0: TRUSTLET_MAX_REPLY */
    uint32_t size;                    /* out: bytes of reply */
    uint8_t reply[4024];              /* out */
};

/*
 * In memory of exactly those sizes, so that ASan sees a step over an end. Fails the test when run() answers bytes with a
 * failure, or check() needs the credential.
 */
enum credvault_status vault_use(struct vault_use *use, uint32_t command, const void *input, uint32_t size);

/* header || text, as most requests are. */
enum credvault_status vault_use_with(struct vault_use *use, uint32_t command, const void *header, uint32_t header_size,
                                     const void *text, uint32_t text_size);

const struct operation_row *vault_row(uint32_t command);

/* A record of that type that holds secret[0..size), imported. */
void vault_record(struct record *record, uint32_t type, uint32_t operations, const void *secret, uint32_t size);

/* A PASSWORD of user "alice" in "EXAMPLE.COM", few iterations. */
void vault_password(struct record *record, const char *password);

/* Sends request[0..size) with each bit of count bytes at offset changed, and expects CREDVAULT_BAD_REQUEST of all. */
void vault_each_reserved(struct vault_use *use, uint32_t command, const void *request, uint32_t size, uint32_t offset, uint32_t count);
