#include "attack_rows.h"

ATTACK("xcr0-illegal",
    VALUE("xcr0-control", attack_xcr0, 0, EXPECT_OK),
    VALUE("xcr0-zero", attack_xcr0, 0, EXPECT_GP),
    VALUE("xcr0-without-x87", attack_xcr0, 2, EXPECT_GP),
    VALUE("xcr0-avx-without-sse", attack_xcr0, 5, EXPECT_GP),
    VALUE("xcr0-reserved", attack_xcr0, UINT64_C(1) << 62, EXPECT_GP),
);
