/*
 * One operation on the record and the counter in the TPM: what to do next, from what is known by then. After each command the
 * TPM holds the old state or the new one, so an operation may end anywhere; the next one finishes or undoes nothing
 * but what it finds. Its own memory only; needs the key root.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <sk/freshness_index.h>
#include <sk/freshness_request.h>
#include <sk/tpm_nv.h>

/* What is known of an index. */
enum index_state {
    INDEX_UNKNOWN = 0,
    INDEX_ABSENT,
    INDEX_FOREIGN,   /* made by somebody else, or under another root */
    INDEX_UNWRITTEN, /* nothing is in it, so whose it is cannot be seen, and does not matter */
    INDEX_NEW,       /* this operation has defined it */
    INDEX_UNREAD,    /* something is in it */
    INDEX_READ,
};

struct freshness_operation {
    enum freshness_kind kind; /* NOTHING: there is no operation */
    struct freshness_owner owner;
    uint64_t generation;
    uint8_t digest[IUM_FRESHNESS_DIGEST_SIZE];
    struct freshness_index record_index, counter_index;
    enum index_state record_state, counter_state;
    struct freshness_record record; /* when READ */
    uint64_t counter;               /* when READ */
    bool advanced; /* the counter is above every record there was */
    bool written;  /* SET's record is there */
};

enum freshness_action {
    FRESHNESS_END = 0, /* nothing is left to do */
    FRESHNESS_LOOK_AT_RECORD,
    FRESHNESS_LOOK_AT_COUNTER,
    FRESHNESS_READ_RECORD,
    FRESHNESS_READ_COUNTER,
    FRESHNESS_DELETE_RECORD,
    FRESHNESS_DELETE_COUNTER,
    FRESHNESS_DEFINE_RECORD,
    FRESHNESS_DEFINE_COUNTER,
    FRESHNESS_INCREMENT,
    FRESHNESS_WRITE,
};

/* Begins what is asked for: nothing is known yet. */
void freshness_begin(struct freshness_operation *operation, const struct freshness_request *request);

enum freshness_action freshness_next(const struct freshness_operation *operation);

/* The command that the action is. Not of FRESHNESS_END. */
void freshness_command(const struct freshness_operation *operation, enum freshness_action action, struct tpm_command *command);

/* Learns from the answer. TPM_DONE: the next action is another; TPM_REPEAT: the same; else the operation has failed. */
enum tpm_result freshness_learn(struct freshness_operation *operation, enum freshness_action action, const uint8_t *answer, size_t size);

/* Of an operation at FRESHNESS_END: what it came to, enum ium_status; of GET, state, generation and digest as well. */
int64_t freshness_outcome(const struct freshness_operation *operation, struct ium_freshness *found);
