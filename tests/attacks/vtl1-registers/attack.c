#include "attack_rows.h"

#include <abi/tlfs.h>

ATTACK("vtl1-registers",
    HYPERCALL("get-vtl1-rip", attack_registers_get, TARGET_SECUREKERNEL, PLACE_VTL1_FIRST, HV_REGISTER_RIP),
    HYPERCALL("get-vtl1-cr3", attack_registers_get, TARGET_SECUREKERNEL, PLACE_VTL1_FIRST, HV_REGISTER_CR3),
    HYPERCALL("set-vtl1-rip", attack_registers_set, TARGET_SECUREKERNEL, PLACE_VTL1_FIRST, HV_REGISTER_RIP),
);
