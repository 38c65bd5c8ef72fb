#include "attack_rows.h"

ATTACK("reset-port-92",
    END("reset-port92", attack_reset, TARGET_PROCESSOR, PLACE_CONTROL, RESET(0x92, 0x03)),
);
