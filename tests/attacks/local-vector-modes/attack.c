#include "attack_rows.h"

ATTACK("local-vector-modes",
    DEVICE_REGISTER("lvt-control", attack_local_vector, 0x370, 0x00000031, EXPECT_OK),
    DEVICE_REGISTER("lvt-timer-smi", attack_local_vector, 0x320, 0x00000231, EXPECT_REFUSED),
    DEVICE_REGISTER("lvt-timer-init", attack_local_vector, 0x320, 0x00000531, EXPECT_REFUSED),
    DEVICE_REGISTER("lvt-thermal-smi", attack_local_vector, 0x330, 0x00000231, EXPECT_REFUSED),
    DEVICE_REGISTER("lvt-thermal-init", attack_local_vector, 0x330, 0x00000531, EXPECT_REFUSED),
    DEVICE_REGISTER("lvt-performance-smi", attack_local_vector, 0x340, 0x00000231, EXPECT_REFUSED),
    DEVICE_REGISTER("lvt-performance-init", attack_local_vector, 0x340, 0x00000531, EXPECT_REFUSED),
    DEVICE_REGISTER("lvt-lint0-smi", attack_local_vector, 0x350, 0x00000231, EXPECT_REFUSED),
    DEVICE_REGISTER("lvt-lint0-init", attack_local_vector, 0x350, 0x00000531, EXPECT_REFUSED),
    DEVICE_REGISTER("lvt-lint1-smi", attack_local_vector, 0x360, 0x00000231, EXPECT_REFUSED),
    DEVICE_REGISTER("lvt-lint1-init", attack_local_vector, 0x360, 0x00000531, EXPECT_REFUSED),
    DEVICE_REGISTER("lvt-error-smi", attack_local_vector, 0x370, 0x00000231, EXPECT_REFUSED),
    DEVICE_REGISTER("lvt-error-init", attack_local_vector, 0x370, 0x00000531, EXPECT_REFUSED),
    DEVICE_REGISTER("lvt-lint1-extint", attack_local_vector, 0x360, 0x00000700, EXPECT_REFUSED),
);
