/* Where the secure kernel is, asked for by SGDT and its like. */
#include "attack_trustlet.h"

ATTACK("trustlet-kernel-addresses",
    TRUSTLET_CONTROL("trustlet-reads-cs", "addresses-cs", 0),
    TRUSTLET_KILLED("trustlet-sgdt", "addresses-sgdt", 0, KILLED_BY_GP),
    TRUSTLET_KILLED("trustlet-sidt", "addresses-sidt", 0, KILLED_BY_GP),
    TRUSTLET_KILLED("trustlet-sldt", "addresses-sldt", 0, KILLED_BY_GP),
    TRUSTLET_KILLED("trustlet-str", "addresses-str", 0, KILLED_BY_GP),
    TRUSTLET_KILLED("trustlet-smsw", "addresses-smsw", 0, KILLED_BY_GP),
);
