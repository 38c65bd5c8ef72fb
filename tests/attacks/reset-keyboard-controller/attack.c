#include "attack_rows.h"

ATTACK("reset-keyboard-controller",
    END("reset-keyboard", attack_reset, TARGET_PROCESSOR, PLACE_CONTROL, RESET(0x64, 0xFE)),
);
