#include "attack_rows.h"

#include <abi/tlfs.h>

ATTACK("partition-config-off",
    HYPERCALL("partition-config-off", attack_partition_config, TARGET_SECUREKERNEL, PLACE_VTL1_FIRST, 0),
    HYPERCALL("partition-config-off-as-vtl1", attack_partition_config, TARGET_SECUREKERNEL, PLACE_VTL1_FIRST,
              VTL1_INPUT),
    HYPERCALL("partition-config-deny", attack_partition_config, TARGET_SECUREKERNEL, PLACE_VTL1_FIRST,
              (HV_VSM_CONFIG_ENABLE_VTL_PROTECTION | HV_VSM_CONFIG_DEFAULT_MASK_BITS | HV_VSM_CONFIG_DENY_LOWER_VTL_STARTUP) << 32),
);
