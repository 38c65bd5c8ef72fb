#include "attack_rows.h"

ATTACK("reset-port-cf9",
    END("reset-cf9", attack_reset, TARGET_PROCESSOR, PLACE_CONTROL, RESET(0xCF9, 0x06)),
    END("reset-cf9-full", attack_reset, TARGET_PROCESSOR, PLACE_CONTROL, RESET(0xCF9, 0x0E)),
);
