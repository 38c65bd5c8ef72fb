#include "attack_rows.h"

ATTACK("msi-into-memory",
    MESSAGE("msi-into-securekernel", TARGET_SECUREKERNEL, MESSAGE_ADDRESS, BY_PORT, EXPECT_REFUSED),
    MESSAGE("msi-into-securekernel-ecam", TARGET_SECUREKERNEL, MESSAGE_ADDRESS, BY_ECAM, EXPECT_REFUSED),
);
