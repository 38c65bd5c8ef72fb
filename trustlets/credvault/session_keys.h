/*
 * Kerberos session keys that an AS-REP or TGS-REP brought: never outside of VTL1, in no blob, gone when the session that
 * got them closes. One pool for all sessions.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <abi/credvault.h>
#include <crypto/kerberos.h>

struct session_key {
    uint64_t session;    /* whose it is; 0: free, and all of it zero */
    uint32_t number;     /* VTL0's name for it: never 0, never used twice */
    uint32_t credential; /* whose use brought it, for the audit log */
    uint32_t etype;      /* 17 to 20 */
    bool ticket_granting; /* its ticket may be one for the KDC, whose answers under it bring other keys */
    uint8_t key[KERBEROS_MAX_KEY];
};

/* Is one free? */
bool session_key_room(void);

/* A new one of the session, copied. NULL: none free. */
const struct session_key *session_key_add(uint64_t session, uint32_t credential, uint32_t etype, bool ticket_granting,
                                          const uint8_t *key);

/* The session's key of that number, which may be anything. NULL: none, or another session's. */
const struct session_key *session_key_find(uint64_t session, uint32_t number);

/* Wipes all of a session. */
void session_key_release(uint64_t session);
