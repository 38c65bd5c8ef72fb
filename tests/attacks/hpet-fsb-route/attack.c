#include "attack_rows.h"

ATTACK("hpet-fsb-route",
    DEVICE_REGISTER("hpet-control", attack_hpet_register, 0x108, 0x00012345, EXPECT_OK),
    DEVICE_REGISTER("hpet-fsb-value", attack_hpet_register, 0x110, 0x00000200, EXPECT_REFUSED),
    DEVICE_REGISTER("hpet-fsb-address", attack_hpet_register, 0x114, 0x00100000, EXPECT_REFUSED),
);
