#include "attack_rows.h"

#include <vtl0/x86.h>

ATTACK("efer-svme",
    { .id = "msr-efer-svme", .run = attack_msr, .target = TARGET_HYPERVISOR, .access = ACCESS_MSR, .number = MSR_EFER,
      .expected = EXPECT_GP },
);
