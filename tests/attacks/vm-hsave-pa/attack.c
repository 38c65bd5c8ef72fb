#include "attack_rows.h"

#include <vtl0/x86.h>

ATTACK("vm-hsave-pa",
    MSR("msr-hsave", MSR_VM_HSAVE_PA),
);
