#include "attack_rows.h"

ATTACK("hypercall-output-protected",
    BUFFER("control-hypercall-output", TARGET_CONTROL, PLACE_CONTROL, ACCESS_WRITE, EXPECT_OK),
    BUFFER("hypercall-output-securekernel", TARGET_SECUREKERNEL, PLACE_VTL1_FIRST, ACCESS_WRITE, EXPECT_DENIED),
    BUFFER("hypercall-output-hypervisor", TARGET_HYPERVISOR, PLACE_HYPERVISOR_FIRST, ACCESS_WRITE, EXPECT_DENIED),
);
