/* Between ledger.c and ledger_open.c. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <ium/fresh.h>

#include "ledger.h"

struct ledger {
    bool open;
    enum credvault_reason reason; /* why not; CREDVAULT_REASON_NONE: it is open, or nobody has tried */
    bool record_known;
    struct ium_freshness record;  /* what the machine remembers, if record_known */
    uint32_t generation;          /* of `committed` */
    uint32_t next_generation;     /* of `draft` */
    uint32_t epoch;
    struct state committed, draft;
};
extern struct ledger ledger;

/* Where a state's blob is on its way. No other module's. */
extern uint8_t ledger_blob[];

/* Reads the machine's record again. False: it cannot be read. */
bool ledger_read_record(void);

/* Closed, for that reason; nothing of the state stays in memory. */
void ledger_close(enum credvault_reason reason);

/* committed is the state from now on. */
void ledger_take(uint32_t generation);
