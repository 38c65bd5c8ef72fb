#include "attack_rows.h"

ATTACK("hypercall-unknown",
    HYPERCALL("hypercall-unknown", attack_unknown_call, TARGET_HYPERVISOR, PLACE_VTL1_FIRST, 0),
);
