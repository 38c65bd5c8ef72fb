#include "attack_rows.h"

ATTACK("cr3-protected",
    END("cr3-securekernel", attack_cr3, TARGET_SECUREKERNEL, PLACE_VTL1_FIRST, 0),
    END("cr3-hypervisor", attack_cr3, TARGET_HYPERVISOR, PLACE_HYPERVISOR_FIRST, 0),
);
