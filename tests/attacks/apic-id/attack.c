#include "attack_rows.h"

ATTACK("apic-id",
    DEVICE_REGISTER("apic-id-changed", attack_apic_register, 0x20, 0x07000000, EXPECT_REFUSED),
    DEVICE_REGISTER("apic-id-control", attack_apic_register, 0x3E0, 0x0000000B, EXPECT_OK),
);
