/*
 * A use of a credential or of a session key: a row for each command. use.c does what they have in common, in this order:
 * sizes, check(), the policy, the credential's blob, the charge with its audit entry, committed; then run(), once.
 */
#pragma once

#include <stdint.h>

#include <abi/credvault.h>

#include "record.h"
#include "session_keys.h"

struct operation {
    uint64_t session;
    const uint8_t *input;           /* the whole request, its structure first; does not change any more; aligned to 16 */
    uint32_t input_size;
    uint8_t *reply;                 /* zeroed, apart from input; aligned to 16 */
    uint32_t reply_capacity;        /* at least the row's min_reply */
    uint32_t reply_size;            /* run() sets it; 0 unless CREDVAULT_SUCCESS */
    const struct record *record;    /* the credential; NULL for session keys' calls and in check() */
    const struct record *target;    /* WRAP: what is wrapped, else NULL */
    const struct session_key *key;  /* session keys' calls, else NULL */
    uint64_t counter;               /* HOTP: the counter that this use is charged with */
    uint64_t now;                   /* the vault's time, 100 ns since 1601-01-01 UTC */
};

struct operation_row {
    uint32_t command;    /* enum credvault_command */
    uint32_t operation;  /* the policy's bit */
    uint32_t types;      /* bit t: enum credvault_type t can do it; 0: it is for session keys */
    uint32_t min_input;  /* bytes, structure included */
    uint32_t max_input;
    uint32_t min_reply;

    /*
     * Decodes and judges the input completely, without the secret and without a trace: CREDVAULT_SUCCESS or what is
     * wrong, reply_capacity too small for this input included (CREDVAULT_BAD_REQUEST). NULL: the sizes are all.
     */
    enum credvault_status (*check)(const struct operation *operation);

    /* check() was successful. Leaves nothing secret in memory of its own; the reply is zeroed by the caller unless it succeeds. */
    enum credvault_status (*run)(struct operation *operation);
};

/* All of them (operations.c). */
extern const struct operation_row *const operations[];
extern const uint32_t operation_count;
