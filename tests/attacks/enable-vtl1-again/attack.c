#include "attack_rows.h"

ATTACK("enable-vtl1-again",
    HYPERCALL("enable-vp-vtl-again", attack_enable_vp, TARGET_SECUREKERNEL, PLACE_VTL1_FIRST, 0),
);
