/* A trustlet runs what was not signed as its code. */
#include "attack_trustlet.h"

ATTACK("trustlet-runs-data",
    TRUSTLET_CONTROL("trustlet-runs-text", "run-text", 0),
    TRUSTLET_KILLED("trustlet-runs-its-data", "run-data", 0, KILLED_BY_PF),
    TRUSTLET_KILLED("trustlet-runs-its-constants", "run-rodata", 0, KILLED_BY_PF),
    TRUSTLET_KILLED("trustlet-runs-its-heap", "run-heap", 0, KILLED_BY_PF),
    TRUSTLET_KILLED("trustlet-runs-its-stack", "run-stack", 0, KILLED_BY_PF),
);
