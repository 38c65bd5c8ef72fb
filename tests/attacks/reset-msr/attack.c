#include "attack_rows.h"

ATTACK("reset-msr",
    END("reset-msr", attack_reset_msr, TARGET_PROCESSOR, PLACE_CONTROL, 0x40000003),
);
