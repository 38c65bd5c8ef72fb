#include "attack_rows.h"

ATTACK("svm-gif",
    INSTRUCTION("stgi", attack_instruction, ROUTINE(probe_stgi)),
    INSTRUCTION("clgi", attack_instruction, ROUTINE(probe_clgi)),
);
