/*
 * What every use of a credential's secret has in common, be it an operation, the target of WRAP or the key that unwraps an
 * IMPORT: it is allowed, or not; the blob is fetched; the use is counted, noted and committed; then it may be done.
 */
#pragma once

#include <stdint.h>

#include <ium/trustlet.h>

#include "record.h"
#include "session.h"

#define CHARGE_MOST 2u /* credentials at once */

struct charge {
    uint32_t credential; /* its number, which may be anything */
    uint32_t operation;  /* one of enum credvault_operation */
    uint32_t types;      /* bit t: enum credvault_type t can do it */
};

/*
 * May the call use all of them, and are their blobs there? CREDVAULT_SUCCESS: records[i] is charges[i]'s, to be wiped by
 * charge_wipe; nothing is counted yet. Else what is wrong with the first that may not, and no record is there.
 * CREDVAULT_CONFIRM_REQUIRED: VTL1's console shows a code. count is at most CHARGE_MOST, no credential twice.
 */
enum credvault_status charge_permit(struct session *session, const struct trustlet_call *call, const struct charge *charges,
                                    uint32_t count, const struct record **records);

/* Counts, notes and commits what charge_permit permitted. Unless CREDVAULT_SUCCESS, as ledger_commit. */
enum credvault_status charge_commit(struct session *session, const struct trustlet_call *call, const struct charge *charges,
                                    uint32_t count);

/* Wipes the records. */
void charge_wipe(void);
