/*
 * Uses that somebody has to agree to who sees VTL1's console, COM2, which VTL0 can neither read nor write. The vault shows a
 * code there beside what is to be done; who types it to VTL0 lets exactly that request through, once.
 *
 * A code is six digits and may be guessed wrong three times. So that guessing leads nowhere, drawing codes that nobody
 * answers rightly takes longer and longer, over reboots and new processes too: each is counted and committed before it is shown.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <ium/trustlet.h>

#include "record.h"
#include "session.h"
#include "state.h"

#define CONFIRM_TRIES 3u       /* wrong codes until a request is dropped */
#define CONFIRM_FREE  4u       /* codes without an answer that cost no waiting */
#define CONFIRM_MOST_SECONDS 3600u /* of waiting for the next */

/* Seconds from the last code to the next, so many having been drawn without a right answer. Pure. */
uint32_t confirm_wait(uint32_t codes);

/*
 * Was this very request confirmed, in this session? CREDVAULT_SUCCESS. If not, a code is drawn for it and shown with the
 * credentials that it uses: CREDVAULT_CONFIRM_REQUIRED; CREDVAULT_TOO_OFTEN: not yet; or as ledger_commit.
 */
enum credvault_status confirm_check(struct session *session, const struct trustlet_call *call, const struct record *const *records,
                                    uint32_t count);

/* The draft's: the last code was answered rightly. */
void confirm_settle(struct state *draft);

/* The request was carried out. */
void confirm_used(struct session *session);

/* CREDVAULT_CONFIRM. */
enum credvault_status confirm_serve(struct session *session, struct trustlet_call *call);
