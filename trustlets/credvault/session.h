/* What the vault keeps for a session of VTL0's: a PIN that was right, a request that waits for its code. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "digest.h"

#define SESSIONS       8u /* as the manifest has it */
#define SESSION_ARMED  2u /* WRAP uses two credentials at once */

/* A request that somebody at VTL1's console has to agree to. */
struct confirmation {
    bool waiting;                /* for its code */
    bool confirmed;              /* the request may come once more */
    uint32_t wrong;              /* codes */
    uint32_t code;
    uint8_t request[DIGEST_SIZE]; /* confirm.c: of what */
};

struct session {
    uint64_t handle;               /* VTL0's; 0: free, and all of it zero */
    uint32_t armed[SESSION_ARMED]; /* credentials that may be used once, as their PIN was right; 0: none */
    struct confirmation confirmation;
};

/* None is open: a new process. */
void session_start(void);

/* False: SESSIONS are open. */
bool session_open(uint64_t handle);

/* Wipes all that was kept for it, its session keys too. */
void session_close(uint64_t handle);

/* An open session's. */
struct session *session_find(uint64_t handle);

/* Everything that sessions keep is wiped, session keys too; they stay open. */
void session_forget(void);

/* The PIN of that credential was right: once. */
void session_arm(struct session *session, uint32_t credential);
bool session_is_armed(const struct session *session, uint32_t credential);
void session_disarm(struct session *session, uint32_t credential);
