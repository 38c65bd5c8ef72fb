#include "attack_rows.h"

ATTACK("config-address-latch",
    MESSAGE("msi-init-latch", TARGET_HYPERVISOR, MESSAGE_INIT, BY_LATCH, EXPECT_REFUSED),
);
