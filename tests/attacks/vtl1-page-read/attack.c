#include "attack_rows.h"

ATTACK("vtl1-page-read",
    CONTROL_TOUCH("control-read", ACCESS_READ),
    REFUSED_TOUCH("securekernel-first-read", TARGET_SECUREKERNEL, PLACE_VTL1_FIRST, ACCESS_READ),
    REFUSED_TOUCH("securekernel-middle-read", TARGET_SECUREKERNEL, PLACE_VTL1_MIDDLE, ACCESS_READ),
    REFUSED_TOUCH("securekernel-last-read", TARGET_SECUREKERNEL, PLACE_VTL1_LAST, ACCESS_READ),
);
