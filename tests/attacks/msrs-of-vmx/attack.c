#include "attack_rows.h"

ATTACK("msrs-of-vmx",
    HIDDEN_MSR("msr-feature-control", 0x3A),
    HIDDEN_MSR("msr-vmx-basic", 0x480),
    HIDDEN_MSR("msr-vmx-ept-vpid", 0x48C),
    HIDDEN_MSR("msr-vmx-functions", 0x491),
);
