#include "attack_rows.h"

ATTACK("triple-fault",
    END("triple-fault", attack_triple_fault, TARGET_PROCESSOR, PLACE_CONTROL, 0),
);
