#include "attack_rows.h"

ATTACK("vtl1-page-execute",
    CONTROL_TOUCH("control-execute", ACCESS_EXECUTE),
    REFUSED_TOUCH("securekernel-first-execute", TARGET_SECUREKERNEL, PLACE_VTL1_FIRST, ACCESS_EXECUTE),
    REFUSED_TOUCH("securekernel-middle-execute", TARGET_SECUREKERNEL, PLACE_VTL1_MIDDLE, ACCESS_EXECUTE),
    REFUSED_TOUCH("securekernel-last-execute", TARGET_SECUREKERNEL, PLACE_VTL1_LAST, ACCESS_EXECUTE),
);
