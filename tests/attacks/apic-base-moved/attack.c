#include "attack_rows.h"

#include <vtl0/x86.h>

ATTACK("apic-base-moved",
    MSR("msr-apic-base-move", MSR_APIC_BASE),
    MSR("msr-apic-base-x2apic", MSR_APIC_BASE | (UINT64_C(1) << 32)),
);
