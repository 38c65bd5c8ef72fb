/* System calls of a trustlet with pointers of others. The number is the kind in its trustlet.c. */
#include "attack_trustlet.h"

ATTACK("trustlet-hostile-pointers",
    TRUSTLET_CONTROL("trustlet-pointers-own", "hostile-pointers", 7),
    TRUSTLET_REFUSED("trustlet-pointers-kernel", "hostile-pointers", 1),
    TRUSTLET_REFUSED("trustlet-pointers-no-address", "hostile-pointers", 2),
    TRUSTLET_REFUSED("trustlet-pointers-crossing", "hostile-pointers", 3),
    TRUSTLET_REFUSED("trustlet-pointers-unmapped", "hostile-pointers", 4),
    TRUSTLET_REFUSED("trustlet-pointers-read-only", "hostile-pointers", 5),
    TRUSTLET_REFUSED("trustlet-pointers-lengths", "hostile-pointers", 6),
);
