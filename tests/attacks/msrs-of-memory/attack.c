#include "attack_rows.h"

#include <vtl0/x86.h>

ATTACK("msrs-of-memory",
    HIDDEN_MSR("msr-top-mem", 0xC001001A),
    HIDDEN_MSR("msr-vm-cr", MSR_VM_CR),
);
