#include "attack_rows.h"

ATTACK("message-store",
    { .id = "message-store-second-page", .run = attack_message_store, .target = TARGET_PROCESSOR, .access = ACCESS_WRITE,
      .number = 0x1000, .expected = EXPECT_GP },
    { .id = "message-store-last-page", .run = attack_message_store, .target = TARGET_PROCESSOR, .access = ACCESS_WRITE,
      .number = 0xFF000, .expected = EXPECT_GP },
);
