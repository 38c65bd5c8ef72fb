#include "attack_rows.h"

#include <abi/tlfs.h>

ATTACK("protect-from-vtl0",
    HYPERCALL("protect-securekernel", attack_protect, TARGET_SECUREKERNEL, PLACE_VTL1_FIRST, 0),
    HYPERCALL("protect-securekernel-as-vtl1", attack_protect, TARGET_SECUREKERNEL, PLACE_VTL1_FIRST, VTL1_INPUT),
    HYPERCALL("protect-hypervisor", attack_protect, TARGET_HYPERVISOR, PLACE_HYPERVISOR_FIRST, 0),
);
