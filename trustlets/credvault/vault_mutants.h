/* The vault's protections that have a mutant: an image for each, build/trustlets/credvault/credvault-NAME.img. */
#pragma once

#define MUTANT_LIST(M)                                                                                               \
    M(1, PIN_UNCOUNTED, "pin-uncounted")                   /* a PIN that is tried is not counted */                  \
    M(2, PIN_ANY, "pin-any")                               /* each PIN is the right one */                           \
    M(3, PIN_UNNEEDED, "pin-unneeded")                     /* a use needs no PIN */                                  \
    M(4, PIN_FOR_ALL_USES, "pin-for-all-uses")             /* a PIN opens more than the next use */                  \
    M(5, PIN_NEVER_LOCKED, "pin-never-locked")             /* no number of failures locks */                         \
    M(6, OPERATIONS_OPEN, "operations-open")               /* a credential does whatever its type can */             \
    M(7, EXPIRY_IGNORED, "expiry-ignored")                 /* nothing expires */                                     \
    M(8, USES_UNCOUNTED, "uses-uncounted")                 /* uses are not counted */                                \
    M(9, RATE_IGNORED, "rate-ignored")                     /* uses may be as frequent as one likes */                \
    M(10, POLICY_LOOSENS, "policy-loosens")                /* RESTRICT may allow more */                             \
    M(11, CONFIRM_UNNEEDED, "confirm-unneeded")            /* nobody is asked */                                     \
    M(12, EXPORT_UNCONFIRMED, "export-unconfirmed")        /* nor for an export */                                   \
    M(13, CONFIRM_ANY_REQUEST, "confirm-any-request")      /* what was confirmed may be another request */           \
    M(14, CONFIRM_ANY_CODE, "confirm-any-code")            /* each code is the right one */                          \
    M(15, CONFIRM_UNLIMITED, "confirm-unlimited")          /* codes may be tried for ever */                         \
    M(16, CODES_UNLIMITED, "codes-unlimited")              /* and asked for as fast as one likes */                  \
    M(17, LABELS_RAW, "labels-raw")                        /* a label may hold quotes and control bytes */           \
    M(18, OLD_STATE, "old-state")                          /* an old state is taken */                               \
    M(19, OLD_RECORD, "old-record")                        /* so is an old blob of a credential */                   \
    M(20, AUDIT_SILENT, "audit-silent")                    /* no entry in the audit log */                           \
    M(21, SESSION_KEYS_SHARED, "session-keys-shared")      /* a session has the others' Kerberos keys */             \
    M(22, RECORDS_KEPT, "records-kept")                    /* a credential's plaintext stays after its use */        \
    M(23, STACK_KEPT, "stack-kept")                        /* what a command left on the stack stays */              \
    M(24, CLOCK_BACK, "clock-back")                        /* VTL0 sets the vault's clock back */

enum mutant {
    MUTANT_NONE = 0,
#define M(number, name, text) MUTANT_##name = (number),
    MUTANT_LIST(M)
#undef M
};
