#include "attack_rows.h"

ATTACK("redirection-modes",
    DEVICE_REGISTER("redirection-control", attack_redirection, 0x3E, 0x00000031, EXPECT_OK),
    DEVICE_REGISTER("redirection-smi", attack_redirection, 0x3E, 0x00000231, EXPECT_REFUSED),
    DEVICE_REGISTER("redirection-nmi", attack_redirection, 0x3E, 0x00000431, EXPECT_REFUSED),
    DEVICE_REGISTER("redirection-init", attack_redirection, 0x3E, 0x00000531, EXPECT_REFUSED),
    DEVICE_REGISTER("redirection-extint", attack_redirection, 0x3E, 0x00000731, EXPECT_REFUSED),
    DEVICE_REGISTER("redirection-logical-init", attack_redirection, 0x3E, 0x00000D31, EXPECT_REFUSED),
);
