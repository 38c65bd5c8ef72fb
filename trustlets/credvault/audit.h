/*
 * The audit log: a chain of entries (abi/credvault.h). The page that is not full is in the state; full ones are VTL0's to
 * keep, and the chain says whether it did. Pure, but for SHA-256.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <abi/credvault.h>

#define AUDIT_HASH_SIZE 32u

/* struct credvault_audit_entry without what follows from its place. */
struct audit_row {
    uint64_t time;
    uint32_t command;
    uint32_t credential;
    uint32_t status;
    uint32_t session;
};

struct audit {
    uint64_t next;                               /* the next entry's number, from 1 */
    uint8_t before[AUDIT_HASH_SIZE];             /* the chain at the end of the full pages; zero: there are none */
    struct audit_row page[CREDVAULT_AUDIT_PAGE]; /* those behind; rows without an entry are zero */
};
_Static_assert(sizeof(struct audit) == 328, "no holes: it is sealed as it is");

/* Entries in the page that is not full: 0 to CREDVAULT_AUDIT_PAGE - 1. */
uint32_t audit_count(const struct audit *audit);

/* A further entry. True: it filled the page, which has to be kept and turned before the next. */
bool audit_add(struct audit *audit, const struct audit_row *row);

/*
 * The page's first count entries with numbers and chains; head: the chain of the last, or audit->before. count: audit_count,
 * or CREDVAULT_AUDIT_PAGE when audit_add said that it is full. False: SHA-256 failed.
 */
bool audit_entries(const struct audit *audit, uint32_t count, struct credvault_audit_entry *entries, uint8_t head[AUDIT_HASH_SIZE]);

/* The number of the page that is full. */
uint32_t audit_full_page(const struct audit *audit);

/* An empty page behind the full one, whose chain ends at head. */
void audit_turn(struct audit *audit, const uint8_t head[AUDIT_HASH_SIZE]);

/* As state_is_sound. */
bool audit_is_sound(const struct audit *audit);
