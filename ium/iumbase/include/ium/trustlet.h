/*
 * What a trustlet is made of. It defines this_trustlet and links iumbase,
 * which brings the entry point, the loop over secure calls, sessions with
 * their state, and the checks of command numbers and sizes. One thread: no two
 * functions of a trustlet ever run at once, in whatever session.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What iumbase answers by itself, in every trustlet. A trustlet's own statuses
 * begin at TRUSTLET_OWN_STATUS; it may use these as well, for what they say.
 */
enum trustlet_status {
    TRUSTLET_SUCCESS = 0,
    TRUSTLET_UNKNOWN_COMMAND = 1, /* no row of the table has the number */
    TRUSTLET_BAD_SIZE = 2,        /* input shorter or longer than the row says, or the caller takes less reply than that */
    TRUSTLET_NO_MEMORY = 3,       /* of opening a session: no room for its state. VTL0 sees NO_RESOURCES */
    TRUSTLET_OWN_STATUS = 3,
};

/* The longest input and the longest reply, in bytes. */
#define TRUSTLET_MAX_INPUT UINT32_C(4024)
#define TRUSTLET_MAX_REPLY UINT32_C(4024)

/* The same, for a trustlet that takes large calls. */
#define TRUSTLET_MAX_LARGE UINT32_C(65536)

/* One command being served. All of it is valid until the command returns; then iumbase wipes input and reply. */
struct trustlet_call {
    uint64_t session;        /* not 0, and no other session's before or after */
    void *state;             /* the session's own session_size bytes; NULL when session_size is 0 */
    uint32_t command;
    uint32_t input_size;     /* bytes: what the row allows */
    const uint8_t *input;    /* hostile, but does not change any more; aligned to 16 */
    uint8_t *reply;          /* reply_capacity bytes, zeroed; never overlaps input; aligned to 16 */
    uint32_t reply_capacity; /* bytes: at least what the row asks for */
    uint32_t reply_size;     /* to be set: bytes written. More than reply_capacity ends the trustlet */
};

struct trustlet_command {
    uint32_t command;
    uint32_t min_input; /* bytes */
    uint32_t max_input; /* bytes, at most TRUSTLET_MAX_INPUT or the trustlet's large_size */
    uint32_t min_reply; /* bytes the caller has to take, or the command is not called */

    /* Returns the trustlet's status. What it wrote goes to VTL0 whatever the status is, so failures leave reply_size 0. */
    uint32_t (*serve)(struct trustlet_call *call);
};

struct trustlet {
    const struct trustlet_command *commands;
    size_t command_count;
    uint32_t large_size; /* bytes of input and of reply that a large call may have, twice from the heap; 0: TRUSTLET_MAX_INPUT is all */
    size_t session_size; /* bytes of state for each session, from the heap; 0: none, and no heap needed */

    /* Each may be NULL. */
    bool (*start)(void);                              /* once, before any session; heap and PSA work. False: IUM_EXIT_START_REFUSED */
    uint32_t (*open)(uint64_t session, void *state);  /* state is zeroed; not TRUSTLET_SUCCESS refuses, close is not called then */
    void (*close)(uint64_t session, void *state);     /* iumbase wipes and frees state afterwards */
};

extern const struct trustlet this_trustlet;
