/* A trustlet that runs makes its loader's system calls. The number is the row in its trustlet.c. */
#include "attack_trustlet.h"

ATTACK("trustlet-loader-calls",
    TRUSTLET_CONTROL("trustlet-own-call", "loader-call", 7),
    TRUSTLET_REFUSED("trustlet-image-size", "loader-call", 0),
    TRUSTLET_REFUSED("trustlet-image-read", "loader-call", 1),
    TRUSTLET_REFUSED("trustlet-image-header", "loader-call", 2),
    TRUSTLET_REFUSED("trustlet-map", "loader-call", 3),
    TRUSTLET_REFUSED("trustlet-protect", "loader-call", 4),
    TRUSTLET_REFUSED("trustlet-protect-everything", "loader-call", 5),
    TRUSTLET_REFUSED("trustlet-start", "loader-call", 6),
);
