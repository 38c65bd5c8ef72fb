#include "attack_rows.h"

ATTACK("hypercall-input-protected",
    BUFFER("control-hypercall-input", TARGET_CONTROL, PLACE_CONTROL, ACCESS_READ, EXPECT_OK),
    BUFFER("hypercall-input-securekernel", TARGET_SECUREKERNEL, PLACE_VTL1_FIRST, ACCESS_READ, EXPECT_DENIED),
    BUFFER("hypercall-input-hypervisor", TARGET_HYPERVISOR, PLACE_HYPERVISOR_FIRST, ACCESS_READ, EXPECT_DENIED),
);
