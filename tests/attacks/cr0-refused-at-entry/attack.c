#include "attack_rows.h"

ATTACK("cr0-refused-at-entry",
    VALUE("cr0-control", attack_cr0, 1u << 16, EXPECT_OK),
    VALUE("cr0-nw-without-cd", attack_cr0, 1u << 29, EXPECT_GP | EXPECT_REFUSED),
    VALUE("cr0-high-bit", attack_cr0, UINT64_C(1) << 40, EXPECT_GP | EXPECT_REFUSED),
    VALUE("cr0-pg-without-pe", attack_cr0, 1, EXPECT_GP | EXPECT_REFUSED),
);
