#include "attack_rows.h"

ATTACK("vtl1-page-write",
    CONTROL_TOUCH("control-write", ACCESS_WRITE),
    REFUSED_TOUCH("securekernel-first-write", TARGET_SECUREKERNEL, PLACE_VTL1_FIRST, ACCESS_WRITE),
    REFUSED_TOUCH("securekernel-middle-write", TARGET_SECUREKERNEL, PLACE_VTL1_MIDDLE, ACCESS_WRITE),
    REFUSED_TOUCH("securekernel-last-write", TARGET_SECUREKERNEL, PLACE_VTL1_LAST, ACCESS_WRITE),
);
