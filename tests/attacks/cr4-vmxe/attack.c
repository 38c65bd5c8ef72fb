#include "attack_rows.h"

ATTACK("cr4-vmxe",
    { .id = "cr4-vmxe", .run = attack_cr4, .target = TARGET_HYPERVISOR, .access = ACCESS_INSTRUCTION, .number = UINT64_C(1) << 13,
      .expected = EXPECT_GP },
);
