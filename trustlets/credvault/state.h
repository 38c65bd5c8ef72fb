/*
 * What of the vault changes: a row for each credential, the time, the audit log's end. It is sealed as one blob, written
 * anew with each change (ledger.h). Everything here is pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <abi/credvault.h>

#include "audit.h"

/* A credential's policy, its uses and its blob. Free rows are zero. */
struct row {
    uint32_t number;       /* the credential's; 0: free */
    uint32_t written;      /* the generation its blob was sealed for */
    uint16_t operations;   /* struct credvault_policy, in less room */
    uint8_t type;          /* enum credvault_type */
    uint8_t flags;
    uint8_t pin_tries;
    uint8_t pin_failures;  /* in a row */
    uint16_t reserved;
    uint32_t rate_uses;
    uint32_t rate_seconds;
    uint32_t recent;       /* uses in the period `period` (policy.c says what that is) */
    uint32_t before;       /* uses in the period before it */
    uint64_t period;
    uint64_t max_uses;
    uint64_t uses;
    uint64_t expires;
    uint64_t counter;      /* HOTP: the next one */
    uint8_t digest[32];    /* SHA-256 of the blob */
};
_Static_assert(sizeof(struct row) == 104, "no holes: it is sealed as it is");

/* Times are in units of 100 ns; clock.h says which is which. */
struct state {
    uint32_t next_number;      /* of the next credential; 1: there was never one */
    uint32_t codes;            /* confirmation codes drawn since the last right one (confirm.c) */
    uint64_t code_time;        /* when the last one was drawn, as `counted` */
    uint64_t latest;
    uint64_t counted;
    uint64_t machine_clock;
    struct audit audit;
    struct row rows[CREDVAULT_CREDENTIALS];
};
_Static_assert(sizeof(struct state) == 40 + sizeof(struct audit) + CREDVAULT_CREDENTIALS * sizeof(struct row),
               "no holes: it is sealed as it is");

/* A vault in which there was never a credential. */
void state_clear(struct state *state);

/* Is every field what the vault could have left there? Asked of what comes out of a blob. */
bool state_is_sound(const struct state *state);

/* The credential's row. NULL: none of that number, which may be anything. */
struct row *state_row(struct state *state, uint32_t number);
const struct row *state_look(const struct state *state, uint32_t number);

/* The credential with the smallest number above that one. NULL: none. */
const struct row *state_next(const struct state *state, uint32_t above);

/* A free row. NULL: none. */
struct row *state_free_row(struct state *state);

uint32_t state_credentials(const struct state *state);
