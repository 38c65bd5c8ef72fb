#include "attack_rows.h"

ATTACK("enable-partition-vtl-again",
    HYPERCALL("enable-partition-vtl-again", attack_enable_partition, TARGET_SECUREKERNEL, PLACE_VTL1_FIRST, 1),
    HYPERCALL("enable-partition-vtl2", attack_enable_partition, TARGET_HYPERVISOR, PLACE_VTL1_FIRST, 2),
);
