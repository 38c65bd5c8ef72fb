/*
 * The credentials in use: what was loaded, for which session. A slot holds
 * the keys that answer challenges, not the password they came from.
 */
#pragma once

#include <stdint.h>

#include <abi/credvault.h>

#define SLOT_NTLM_KEY_SIZE 16u
#define SLOT_HMAC_KEY_SIZE 32u

struct slot {
    uint64_t session; /* whose it is; 0: free, and all of it zero */
    uint8_t ntlm_key[SLOT_NTLM_KEY_SIZE];
    uint8_t hmac_key[SLOT_HMAC_KEY_SIZE];
};

/* A free slot for the session, its number in *number (not zero). NULL: none left. It is taken from now on. */
struct slot *slot_take(uint64_t session, uint32_t *number);

/* The session's slot of that number, which may be anything. NULL: no such slot, or another session's. */
struct slot *slot_find(uint64_t session, uint32_t number);

/* Wipes a slot; it is free then. */
void slot_release(struct slot *slot);

/* Wipes all slots of a session. */
void slot_release_session(uint64_t session);
