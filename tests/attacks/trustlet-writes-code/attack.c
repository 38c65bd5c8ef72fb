/* A trustlet changes its signed code and constants. */
#include "attack_trustlet.h"

ATTACK("trustlet-writes-code",
    TRUSTLET_CONTROL("trustlet-writes-data", "write-data", 0),
    TRUSTLET_KILLED("trustlet-writes-text", "write-text", 0, KILLED_BY_PF),
    TRUSTLET_KILLED("trustlet-writes-constants", "write-rodata", 0, KILLED_BY_PF),
    TRUSTLET_KILLED("trustlet-writes-relocated-pointers", "write-last-constant", 0, KILLED_BY_PF),
);
