#include "attack_rows.h"

/* VTL0 may not survive its own CR0: attack.py looks at the hypervisor. */
#define ALONE(name, bits) \
    { .id = name, .run = attack_cr0, .target = TARGET_HYPERVISOR, .access = ACCESS_INSTRUCTION, .number = (bits), \
      .expected = EXPECT_GP | EXPECT_REFUSED, .alone = true }

ATTACK("cr0-refused-at-entry",
    VALUE("cr0-control", attack_cr0, 1u << 16, EXPECT_OK),
    ALONE("cr0-nw-without-cd", 1u << 29),
    ALONE("cr0-high-bit", UINT64_C(1) << 40),
    ALONE("cr0-pg-without-pe", 1),
);
