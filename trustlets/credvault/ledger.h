/*
 * The vault's state as something that cannot be forked or set back. VTL0 keeps the blobs; the machine remembers the digest of
 * one of them (ium/fresh.h), and that one is the state. docs/vault.md, "How a change is committed", says why this holds
 * through power cuts and against a VTL0 that brings any blob it ever saw.
 *
 * A command that changes something: ledger_begin, changes to the draft, ledger_note for the audit log, ledger_commit. Before
 * ledger_commit has said CREDVAULT_SUCCESS nothing has happened and nothing may be answered.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <abi/credvault.h>

#include "state.h"

/* Of a new process: closed, nothing asked yet. */
void ledger_start(void);

/*
 * Opens the state if it is not open: at the first command, as VTL0 cannot be asked in start(), and again at each command
 * while it is closed, for VTL0 may bring the right blob later. The TPM's record is read again only where reading it
 * failed: nothing else changes it. CREDVAULT_SUCCESS or CREDVAULT_CLOSED.
 */
enum credvault_status ledger_open(void);

struct ledger_view {
    enum credvault_reason reason; /* CREDVAULT_REASON_NONE: it is open */
    bool lasting;                 /* freshness is kept by a TPM */
    uint32_t generation;          /* of the committed state; 0: a new vault that has not kept anything yet. Closed: 0 */
};
struct ledger_view ledger_view(void);

/* How often a state was opened or reset: what sessions know of an earlier one is of no meaning any more. */
uint32_t ledger_epoch(void);

/* The committed state. It is open. */
const struct state *ledger_state(void);

/* *draft = a copy of the committed state, to be changed; what an earlier draft said is forgotten. CREDVAULT_SUCCESS or as ledger_commit. */
enum credvault_status ledger_begin(struct state **draft);

/* The generation that the draft will be. */
uint32_t ledger_next_generation(void);

/* An audit entry in the draft. A page that it fills goes to VTL0: CREDVAULT_SUCCESS, STORAGE_FAILED or INTERNAL. */
enum credvault_status ledger_note(uint64_t session, uint32_t command, uint32_t credential, enum credvault_status status);

/*
 * Makes the draft the committed state. CREDVAULT_SUCCESS: no power cut undoes it. CREDVAULT_STORAGE_FAILED or INTERNAL: nothing has
 * changed. CREDVAULT_FRESHNESS_FAILED: nothing has changed, or it is not known and the vault is closed.
 */
enum credvault_status ledger_commit(void);

/* Everything is gone, whatever the state was, and the draft of an empty vault is there, to be noted and committed. As ledger_commit. */
enum credvault_status ledger_empty(void);
