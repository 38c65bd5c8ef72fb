#include "attack_rows.h"

ATTACK("command-modes",
    DEVICE_REGISTER("command-smi-self", attack_command, 0x00044200, 0, EXPECT_REFUSED),
    DEVICE_REGISTER("command-reserved-self", attack_command, 0x00044300, 0, EXPECT_REFUSED),
);
