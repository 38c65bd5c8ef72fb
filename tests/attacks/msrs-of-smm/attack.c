#include "attack_rows.h"

#include <vtl0/x86.h>

ATTACK("msrs-of-smm",
    MSR("msr-smm-base", 0xC0010111),
    HIDDEN_MSR("msr-smm-monitor", 0x9B),
);
