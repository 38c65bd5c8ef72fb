#include "attack_rows.h"

ATTACK("pat-reserved",
    VALUE("pat-control", attack_pat, 6, EXPECT_OK),
    VALUE("pat-type-2", attack_pat, 2, EXPECT_GP),
    VALUE("pat-type-3", attack_pat, 3, EXPECT_GP),
    VALUE("pat-type-8", attack_pat, 8, EXPECT_GP),
);
